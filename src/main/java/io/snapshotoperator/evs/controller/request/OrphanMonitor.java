/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.createonce.OrphanedSnapshot;
import io.snapshotoperator.evs.poll.Inventory;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Finds and logs the orphaned snapshots of each inventory. Deletes nothing. */
public final class OrphanMonitor implements Consumer<Inventory> {
    private static final Logger LOG = Logger.getLogger(OrphanMonitor.class);

    /** A restored cluster can have thousands of orphaned snapshots. The command {@code orphans} lists all. */
    private static final int MAX_LISTED = 20;

    private final String connection;
    private final String installation;
    private final Predicate<String> watched;
    private final Supplier<Set<String>> living;
    private volatile Set<SnapshotId> orphans = Set.of();

    /**
     * @param connection the name of the connection in logs
     * @param watched whether a namespace is watched
     * @param living returns the UIDs of all existing objects
     */
    public OrphanMonitor(
            String connection, String installation, Predicate<String> watched, Supplier<Set<String>> living) {
        this.connection = connection;
        this.installation = installation;
        this.watched = watched;
        this.living = living;
    }

    /** Returns the orphaned snapshots of the last inventory, oldest first. */
    public Set<SnapshotId> orphans() {
        return orphans;
    }

    @Override
    public void accept(Inventory inventory) {
        var found = OrphanedSnapshot.find(inventory.snapshots(), installation, living.get(), watched).stream()
                .map(orphan -> orphan.snapshot().id())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (!found.isEmpty() && !found.equals(orphans)) {
            LogEvent.warn(LOG, "Orphaned snapshots found")
                    .with(LogEvent.CONNECTION, connection)
                    .with(
                            LogEvent.SNAPSHOT_ID,
                            found.stream()
                                    .limit(MAX_LISTED)
                                    .map(SnapshotId::value)
                                    .collect(Collectors.joining(",")))
                    .with(LogEvent.DETAIL, found.size() + " snapshots. The command orphans lists all of them.")
                    .log();
        }
        orphans = Collections.unmodifiableSet(found);
    }
}
