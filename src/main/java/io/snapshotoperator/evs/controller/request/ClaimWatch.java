/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.snapshotoperator.evs.controller.ApiServerException;
import io.snapshotoperator.evs.telemetry.LogEvent;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Watches claims and passes on those that are being deleted. It keeps no claim: a user can make a claim of megabytes, and an
 * informer would hold all claims of the cluster. A list in small pages finds the claims that were being deleted already. Then a
 * watch continues where the list ended, and the next watch where that one ended. Only if the API server no longer knows that
 * point, the claims are listed again.
 *
 * <p>With watched namespaces there is one watch for each of them, as for requests, because the operator then has rights in these
 * namespaces only. One thread opens all of them. Without the right to watch claims the operator works, but does not notice their
 * deletion. It tries again at a slow interval, because the right can be granted later.
 */
public final class ClaimWatch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ClaimWatch.class);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);
    private static final Duration INITIAL_BACKOFF = Duration.ofSeconds(1);

    /** A watch that was open for so long ended normally. The API server ends each one within about an hour. */
    private static final Duration STABLE_AFTER = Duration.ofMinutes(1);

    /** The claims of one namespace, or of all namespaces. */
    interface Claims {
        /**
         * Visits all claims.
         *
         * @return the resource version from which a watch can continue
         * @throws KubernetesClientException if the API server rejects the list or does not respond
         */
        String list(Consumer<PersistentVolumeClaim> action);

        /**
         * Opens a watch that ends when its connection ends.
         *
         * @throws KubernetesClientException if the API server rejects the watch or does not respond
         */
        Watch watch(String resourceVersion, Watcher<PersistentVolumeClaim> watcher);
    }

    private final List<Part> parts;
    private final Consumer<PersistentVolumeClaim> terminating;
    private final InstantSource clock;
    private final Duration maxBackoff;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(ClaimWatch::newThread);

    /** The parts that could not be opened. Only {@link #check} uses it. */
    private final Set<Part> failing = new HashSet<>();

    private volatile boolean closed;

    ClaimWatch(
            List<Claims> parts, Consumer<PersistentVolumeClaim> terminating, InstantSource clock, Duration maxBackoff) {
        this.parts = parts.stream().map(Part::new).toList();
        this.terminating = terminating;
        this.clock = clock;
        this.maxBackoff = maxBackoff;
    }

    /**
     * Returns a watch of the claims of the watched namespaces.
     *
     * @param namespaces empty means all
     * @param terminating gets each claim that is being deleted or was deleted; must return at once
     * @param maxBackoff the longest time between two attempts to open a watch
     */
    public static ClaimWatch of(
            KubernetesClient kubernetes,
            Set<String> namespaces,
            Consumer<PersistentVolumeClaim> terminating,
            InstantSource clock,
            Duration maxBackoff) {
        var parts = namespaces.isEmpty()
                ? List.<Claims>of(new ServedClaims(kubernetes, Optional.empty()))
                : namespaces.stream()
                        .<Claims>map(namespace -> new ServedClaims(kubernetes, Optional.of(namespace)))
                        .toList();
        return new ClaimWatch(parts, terminating, clock, maxBackoff);
    }

    private static Thread newThread(Runnable task) {
        var thread = new Thread(task, "evs-claim-watch");
        thread.setDaemon(true);
        return thread;
    }

    /** Opens the watches in another thread, and again whenever one ends. */
    public void start() {
        timer.scheduleWithFixedDelay(this::checkLoggingFailure, 0, CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A timer stops silently after an exception of its task. */
    private void checkLoggingFailure() {
        try {
            check();
        } catch (RuntimeException | Error unexpected) {
            LOG.error("The watch of claims failed unexpectedly", unexpected);
        }
    }

    /** Opens each watch that is not open and whose back-off has passed. Not for concurrent calls. */
    void check() {
        for (var part : parts) {
            if (!closed && part.isDue(clock.instant())) {
                open(part);
            }
        }
    }

    /** Catches every failure: one part must not prevent the others, nor the next attempt. */
    private void open(Part part) {
        try {
            part.open();
        } catch (RuntimeException failure) {
            var code = failure instanceof KubernetesClientException rejected ? rejected.getCode() : 0;
            part.ended(code == HttpURLConnection.HTTP_GONE);
            if (code == HttpURLConnection.HTTP_GONE || closed) {
                // The next attempt lists again, or there is none.
                return;
            }
            if (failing.isEmpty()) {
                reportFailure(code, failure);
            }
            failing.add(part);
            return;
        }
        if (failing.remove(part) && failing.isEmpty()) {
            LogEvent.info(LOG, "Claims are watched again").log();
        }
    }

    private static void reportFailure(int code, RuntimeException failure) {
        LogEvent.warn(LOG, "Claims not watched; no request reports that its source is at risk")
                .with(LogEvent.CODE, code)
                .with(LogEvent.DETAIL, describe(code, failure))
                .log();
    }

    private static String describe(int code, RuntimeException failure) {
        if (code == HttpURLConnection.HTTP_FORBIDDEN) {
            return "Grant list and watch on persistentvolumeclaims to the service account, as the roles of the chart do."
                    + " Everything else works without.";
        }
        return failure instanceof KubernetesClientException rejected
                ? ApiServerException.describe(rejected)
                : failure.toString();
    }

    /** Ends the watches. */
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        parts.forEach(Part::close);
    }

    /** The watch of some claims. Its methods are called by the timer, and by the thread of the client that serves the watch. */
    private final class Part implements Watcher<PersistentVolumeClaim> {
        private final Claims claims;
        private Optional<String> resourceVersion = Optional.empty();
        private Optional<Watch> watch = Optional.empty();
        private boolean open;
        private Instant openedAt = Instant.MIN;
        private Instant nextAttempt = Instant.MIN;
        private int failures;

        Part(Claims claims) {
            this.claims = claims;
        }

        synchronized boolean isDue(Instant now) {
            return !open && !now.isBefore(nextAttempt);
        }

        /** Calls the API server without the lock, because an event can arrive before the watch is returned. */
        void open() {
            var from = startingPoint().orElseGet(this::list);
            synchronized (this) {
                open = true;
                openedAt = clock.instant();
                resourceVersion = Optional.of(from);
            }
            keep(claims.watch(from, this));
        }

        private synchronized Optional<String> startingPoint() {
            return resourceVersion;
        }

        private String list() {
            return claims.list(claim -> {
                if (claim.isMarkedForDeletion()) {
                    terminating.accept(claim);
                }
            });
        }

        /** The term can end while the watch is being opened. */
        private synchronized void keep(Watch opened) {
            if (closed) {
                opened.close();
            } else {
                watch = Optional.of(opened);
            }
        }

        @Override
        public void eventReceived(Action action, PersistentVolumeClaim claim) {
            if (claim == null || action == Action.ERROR) {
                return;
            }
            synchronized (this) {
                resourceVersion = Optional.ofNullable(claim.getMetadata().getResourceVersion());
            }
            // The last version of a claim without finalizers has no time of deletion.
            var deleted = action == Action.DELETED || claim.isMarkedForDeletion();
            if (action != Action.BOOKMARK && deleted) {
                terminating.accept(claim);
            }
        }

        @Override
        public void onClose(WatcherException cause) {
            ended(cause.isHttpGone());
        }

        /** @param versionGone whether the API server no longer knows the resource version */
        synchronized void ended(boolean versionGone) {
            var now = clock.instant();
            if (open && !now.isBefore(openedAt.plus(STABLE_AFTER))) {
                failures = 0;
            }
            open = false;
            watch = Optional.empty();
            if (versionGone) {
                resourceVersion = Optional.empty();
            }
            var backoff = INITIAL_BACKOFF.multipliedBy(1L << Math.min(failures, 10));
            nextAttempt = now.plus(backoff.compareTo(maxBackoff) < 0 ? backoff : maxBackoff);
            failures++;
        }

        synchronized void close() {
            watch.ifPresent(Watch::close);
            watch = Optional.empty();
        }
    }
}
