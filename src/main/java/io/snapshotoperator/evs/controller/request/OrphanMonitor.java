/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.snapshotoperator.evs.createonce.OrphanedSnapshot;
import io.snapshotoperator.evs.poll.Inventory;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Counts and names, after each inventory, the snapshots that carry our marker and have no object. Deletes nothing. */
public final class OrphanMonitor implements Consumer<Inventory> {
    private static final Logger LOG = Logger.getLogger(OrphanMonitor.class);

    /** More would fill the log of a cluster that was restored; the report names them all. */
    private static final int MAX_LISTED = 20;

    private final String installation;
    private final Predicate<String> watched;
    private final Supplier<Set<String>> living;
    private final SnapshotMetrics metrics;
    private volatile List<String> named = List.of();

    public OrphanMonitor(
            String installation, Predicate<String> watched, Supplier<Set<String>> living, SnapshotMetrics metrics) {
        this.installation = installation;
        this.watched = watched;
        this.living = living;
        this.metrics = metrics;
    }

    @Override
    public void accept(Inventory inventory) {
        var orphans = OrphanedSnapshot.find(inventory.snapshots(), installation, living.get(), watched);
        metrics.setOrphaned(orphans.size());
        var ids = orphans.stream().map(orphan -> orphan.snapshot().id().value()).toList();
        if (!ids.isEmpty() && !ids.equals(named)) {
            LOG.warnf(
                    "%d snapshots carry our marker and have no object (the command orphans names them all): %s",
                    ids.size(), String.join(", ", ids.subList(0, Math.min(ids.size(), MAX_LISTED))));
        }
        named = ids;
    }
}
