/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Checks at an interval whether the leader sees changes of requests: whether its watches are established, and whether the API
 * server still lists requests. The watch alone does not show it. An established watch survives the loss of its right for
 * minutes, and the client repeats a rejected watch without an end and without a message.
 *
 * <p>Trouble starts with the second failed check in a row, because the client starts each watch again from time to time. It is
 * over with the first successful check. Each start is one warning and each end one information in the log.
 */
final class WatchMonitor implements AutoCloseable {
    /** Why the leader may not see changes of requests. The names are values of the log key {@code reason}. */
    enum Trouble {
        /** The API server does not respond, or responds with an error of its own. */
        API_SERVER_UNAVAILABLE,
        /** The service account lost its right, or its token is not accepted. */
        LIST_DENIED,
        /** The custom resource definition is gone. */
        RESOURCE_DEFINITION_MISSING,
        /** Lists work, but a watch is not established. */
        WATCH_NOT_ESTABLISHED
    }

    private record Finding(Trouble trouble, Optional<Integer> code, String detail) {}

    private record Reported(Trouble trouble, Instant since) {}

    private static final Logger LOG = Logger.getLogger(WatchMonitor.class);

    private final Runnable list;
    private final BooleanSupplier watching;
    private final InstantSource clock;
    private final Duration interval;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(WatchMonitor::newThread);

    private Optional<Instant> failingSince = Optional.empty();
    private volatile Optional<Reported> reported = Optional.empty();

    /**
     * @param list lists at least one request of each watched namespace; throws {@link KubernetesClientException}
     * @param watching whether all watches are established
     * @param interval between two checks
     */
    WatchMonitor(Runnable list, BooleanSupplier watching, InstantSource clock, Duration interval) {
        this.list = list;
        this.watching = watching;
        this.clock = clock;
        this.interval = interval;
    }

    private static Thread newThread(Runnable task) {
        var thread = new Thread(task, "evs-watch-monitor");
        thread.setDaemon(true);
        return thread;
    }

    void start() {
        timer.scheduleWithFixedDelay(
                this::checkLoggingFailure, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Returns false from the start of trouble until it is over. */
    boolean isHealthy() {
        return reported.isEmpty();
    }

    /** A timer stops silently after an exception of its task. */
    private void checkLoggingFailure() {
        try {
            check();
        } catch (RuntimeException | Error unexpected) {
            LOG.error("The check of the watches failed unexpectedly", unexpected);
        }
    }

    /** Checks once. Not for concurrent calls. */
    void check() {
        var finding = find();
        var now = clock.instant();
        if (finding.isEmpty()) {
            failingSince = Optional.empty();
            reported.ifPresent(over -> reportEnd(over, now));
            reported = Optional.empty();
        } else if (failingSince.isEmpty()) {
            failingSince = Optional.of(now);
        } else if (reported.isEmpty()) {
            reported = Optional.of(new Reported(finding.get().trouble(), failingSince.get()));
            reportStart(finding.get());
        }
    }

    private Optional<Finding> find() {
        try {
            list.run();
        } catch (KubernetesClientException rejected) {
            return Optional.of(new Finding(
                    troubleOf(rejected.getCode()),
                    Optional.of(rejected.getCode()).filter(code -> code > 0),
                    ClusterFailure.describe(rejected)));
        }
        return watching.getAsBoolean()
                ? Optional.empty()
                : Optional.of(new Finding(
                        Trouble.WATCH_NOT_ESTABLISHED,
                        Optional.empty(),
                        "The API server lists requests but does not serve the watch. Check the right to watch"
                                + " volumesnapshotrequests, and what is between the operator and the API server."));
    }

    private static Trouble troubleOf(int code) {
        return switch (code) {
            case HttpURLConnection.HTTP_UNAUTHORIZED, HttpURLConnection.HTTP_FORBIDDEN -> Trouble.LIST_DENIED;
            case HttpURLConnection.HTTP_NOT_FOUND -> Trouble.RESOURCE_DEFINITION_MISSING;
            default -> Trouble.API_SERVER_UNAVAILABLE;
        };
    }

    private static void reportStart(Finding finding) {
        LogEvent.warn(LOG, "Watch trouble started; changes of requests can be unseen")
                .with(LogEvent.REASON, finding.trouble())
                .withOptional(LogEvent.CODE, finding.code())
                .with(LogEvent.DETAIL, finding.detail())
                .log();
    }

    private static void reportEnd(Reported over, Instant now) {
        LogEvent.info(LOG, "Watch trouble over")
                .with(LogEvent.REASON, over.trouble())
                .with(LogEvent.DURATION_MS, Duration.between(over.since(), now).toMillis())
                .log();
    }

    /** Stops the checks. */
    @Override
    public void close() {
        timer.shutdownNow();
    }
}
