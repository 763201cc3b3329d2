/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.snapshotoperator.evs.telemetry.LogEvent;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Optional;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import org.jboss.logging.Logger;

/**
 * Logs when the heap stays nearly full after a garbage collection. With {@code -XX:+ExitOnOutOfMemoryError} the JVM ends without a
 * further line of this program, so the log must say before what to do. The serial collector, which the JVM takes in a small
 * container, measures the memory after each full collection; others can reach the end without a warning.
 */
final class HeapMonitor {
    private static final Logger LOG = Logger.getLogger(HeapMonitor.class);

    /** The part of the memory for old objects from which the log warns. */
    private static final double WARN_FROM = 0.9;

    private static final long MIB = 1024 * 1024;

    private HeapMonitor() {}

    /** Starts to watch the heap. Does nothing with a collector that has no memory of its own for old objects. */
    static void start() {
        oldGeneration().ifPresent(pool -> {
            pool.setCollectionUsageThreshold((long) (pool.getUsage().getMax() * WARN_FROM));
            ((NotificationEmitter) ManagementFactory.getMemoryMXBean())
                    .addNotificationListener((notification, none) -> onNotification(notification), null, null);
        });
    }

    private static Optional<MemoryPoolMXBean> oldGeneration() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP
                        && pool.isCollectionUsageThresholdSupported()
                        && pool.getUsage().getMax() > 0)
                .filter(pool ->
                        pool.getName().contains("Tenured") || pool.getName().contains("Old"))
                .findFirst();
    }

    private static void onNotification(Notification notification) {
        if (MemoryNotificationInfo.MEMORY_COLLECTION_THRESHOLD_EXCEEDED.equals(notification.getType())) {
            var info = MemoryNotificationInfo.from((CompositeData) notification.getUserData());
            report(info.getUsage());
        }
    }

    private static void report(MemoryUsage usage) {
        LogEvent.warn(
                        LOG,
                        "The heap is nearly full after a garbage collection. Raise resources.limits.memory of the chart;"
                                + " docs/operate/install.md has a table")
                .with("usedMiB", usage.getUsed() / MIB)
                .with("maxMiB", usage.getMax() / MIB)
                .log();
    }
}
