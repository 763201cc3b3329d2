/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.snapshotoperator.evs.createonce.OrphanedSnapshot;
import io.snapshotoperator.evs.poll.Inventory;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Counts and logs the orphaned snapshots of each inventory. Deletes nothing. */
public final class OrphanMonitor implements Consumer<Inventory> {
    private static final Logger LOG = Logger.getLogger(OrphanMonitor.class);

    /** A restored cluster can have thousands of orphaned snapshots. The command {@code orphans} lists all. */
    private static final int MAX_LISTED = 20;

    private final String connection;
    private final String installation;
    private final Predicate<String> watched;
    private final Supplier<Set<String>> living;
    private final IntConsumer count;
    private volatile List<String> logged = List.of();

    /**
     * @param connection the name of the connection in logs
     * @param watched whether a namespace is watched
     * @param living returns the UIDs of all existing objects
     * @param count gets the number of orphaned snapshots after each inventory
     */
    public OrphanMonitor(
            String connection,
            String installation,
            Predicate<String> watched,
            Supplier<Set<String>> living,
            IntConsumer count) {
        this.connection = connection;
        this.installation = installation;
        this.watched = watched;
        this.living = living;
        this.count = count;
    }

    @Override
    public void accept(Inventory inventory) {
        var orphans = OrphanedSnapshot.find(inventory.snapshots(), installation, living.get(), watched);
        count.accept(orphans.size());
        var ids = orphans.stream().map(orphan -> orphan.snapshot().id().value()).toList();
        if (!ids.isEmpty() && !ids.equals(logged)) {
            LogEvent.warn(LOG, "Orphaned snapshots found")
                    .with(LogEvent.CONNECTION, connection)
                    .with(LogEvent.SNAPSHOT_ID, String.join(",", ids.subList(0, Math.min(ids.size(), MAX_LISTED))))
                    .with(LogEvent.DETAIL, ids.size() + " snapshots. The command orphans lists all of them.")
                    .log();
        }
        logged = ids;
    }
}
