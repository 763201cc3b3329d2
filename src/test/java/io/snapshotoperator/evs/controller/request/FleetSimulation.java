/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.cloud.http.SteppedClock;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.controller.ApiServerException;
import io.snapshotoperator.evs.controller.ClaimVolumeResolver;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.MutatingCalls;
import io.snapshotoperator.evs.controller.ReconcileExtension;
import io.snapshotoperator.evs.controller.ReconcileSettings;
import io.snapshotoperator.evs.controller.RequestUse;
import io.snapshotoperator.evs.controller.ResourceStore;
import io.snapshotoperator.evs.controller.WorkerPlaces;
import io.snapshotoperator.evs.controller.connection.OwnConnection;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.poll.CloudReads;
import io.snapshotoperator.evs.poll.Jitter;
import io.snapshotoperator.evs.poll.PollIntervals;
import io.snapshotoperator.evs.poll.PollerEventSource;
import io.snapshotoperator.evs.poll.SnapshotPoller;
import io.snapshotoperator.evs.telemetry.BudgetMetrics;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Many requests, one connection and one process of the operator, in simulated time: the real reconciler, actuator, guard,
 * connection, budget and poller with the intervals of the default settings. A queue of due times replaces the threads. A
 * reconcile and a call take no time, so the number of workers has no effect. For one thread.
 */
final class FleetSimulation {
    private static final PollIntervals INTERVALS = new PollIntervals(Duration.ofSeconds(2), Duration.ofMinutes(10));
    /** As {@code PollerThread}: a quarter of the interval after the end of the last tick. */
    private static final Duration TICK_DELAY = Duration.ofMillis(500);

    private static final RetryPolicy RETRY_POLICY =
            new RetryPolicy(Duration.ofSeconds(60), Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofMinutes(5));
    private static final Duration QUOTA_PAUSE = Duration.ofSeconds(30);
    private static final Duration MAX_CALL_DURATION = Duration.ofSeconds(25);
    private static final SnapshotMetrics METRICS = new SnapshotMetrics(new SimpleMeterRegistry());
    private static final BudgetMetrics BUDGETS = new BudgetMetrics(new SimpleMeterRegistry());

    /** As {@code app.OperatorFactory} sets the retry of the framework after an exception. */
    private static final Duration MAX_RETRY_INTERVAL = Duration.ofMinutes(1);

    /** Something that happens at some time. Events of the same time happen in the sequence in which they were added. */
    private record Event(Instant at, long number, Runnable action) {}

    /** A request and when the framework reconciles it next. */
    private final class Member implements ResourceStore<VolumeSnapshotRequest> {
        final ModelObject object;
        Optional<Event> due = Optional.empty();
        Optional<Instant> readyAt = Optional.empty();
        Optional<Instant> goneAt = Optional.empty();
        int exceptions;

        Member(VolumeSnapshotRequest request) {
            object = new ModelObject(request);
        }

        void schedule(Instant time) {
            if (due.filter(event -> !event.at().isAfter(time)).isEmpty()) {
                due.ifPresent(queue::remove);
                due = Optional.of(at(time, this::reconcile));
            }
        }

        private void reconcile() {
            due = Optional.empty();
            if (object.current().isEmpty()) {
                reconciler.onDeleted(object.newest());
                return;
            }
            reconciles++;
            try {
                reconciler
                        .reconcile(object.newest(), this)
                        .getScheduleDelay()
                        .ifPresent(delay -> schedule(now().plusMillis(Math.max(1, delay))));
                exceptions = 0;
            } catch (KubernetesClientException | ApiServerException rejected) {
                var interval = Duration.ofSeconds(1L << Math.min(exceptions++, 6));
                schedule(now().plus(interval.compareTo(MAX_RETRY_INTERVAL) < 0 ? interval : MAX_RETRY_INTERVAL));
            }
            if (object.current().isEmpty()) {
                goneAt = Optional.of(now());
                schedule(now());
            }
        }

        private VolumeSnapshotRequest write(
                VolumeSnapshotRequest resource, UnaryOperator<VolumeSnapshotRequest> change) {
            writes++;
            return object.patch(resource, change);
        }

        @Override
        public VolumeSnapshotRequest patchMetadata(
                VolumeSnapshotRequest resource, UnaryOperator<VolumeSnapshotRequest> change) {
            return write(resource, change);
        }

        @Override
        public VolumeSnapshotRequest patchStatus(
                VolumeSnapshotRequest resource, UnaryOperator<VolumeSnapshotRequest> change) {
            var stored = write(resource, change);
            if (readyAt.isEmpty() && stored.getStatus().readyAt() != null) {
                readyAt = Optional.of(now());
                ready++;
            }
            return stored;
        }

        @Override
        public Optional<VolumeSnapshotRequest> read(VolumeSnapshotRequest resource) {
            return object.current();
        }

        @Override
        public Stream<VolumeSnapshotRequest> others(VolumeSnapshotRequest resource) {
            // No request of the fleet shows the snapshot of another one.
            return Stream.empty();
        }

        @Override
        public void delete(VolumeSnapshotRequest resource) {
            throw new UnsupportedOperationException("no request of the fleet expires");
        }
    }

    private final SteppedClock clock = new SteppedClock();
    private final FleetCloud cloud;
    private final CloudConnection connection;
    private final VolumeSnapshotRequestReconciler reconciler;
    private final PriorityQueue<Event> queue =
            new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::number));
    private final Map<ResourceID, Member> byName = new LinkedHashMap<>();
    private final Map<String, Member> byUid = new LinkedHashMap<>();
    private long eventNumber;
    private int objects;
    private int createIds;
    private int ready;
    private int reconciles;
    private int writes;
    private int events;

    /**
     * @param latency the time from a create request until the snapshot is available, and from a delete until it is gone
     * @param seed of the jitter of the delays
     */
    FleetSimulation(CallBudget budget, Duration latency, long seed) {
        var jitter = Jitter.upToTenPercent(new Random(seed));
        this.cloud = new FleetCloud(clock, latency);
        var guard = new CreateGuard(
                new CreateGuard.LeaderTermStart(clock.instant(), true, Set.of()), RETRY_POLICY.settleTime());
        this.connection = new CloudConnection(
                "default",
                cloud,
                budget,
                new CloudConnection.Timings(QUOTA_PAUSE, QUOTA_PAUSE, INTERVALS),
                clock,
                BUDGETS,
                new WorkerPlaces(),
                () -> {},
                reads -> new SnapshotPoller(
                        reads, () -> acquirePermit(reads), clock, INTERVALS, jitter, this::trigger, inventory -> {}),
                Set::of);
        this.reconciler = new VolumeSnapshotRequestReconciler(
                new CloudActuator(new MutatingCalls(guard, time -> true, clock, MAX_CALL_DURATION), RequestUse.NONE),
                new ClaimVolumeResolver(null, Set.of(), Duration.ofMinutes(1)),
                new EventRecorder(event -> events++, METRICS),
                METRICS,
                OwnConnection.everywhere(connection),
                guard,
                new PollerEventSource<>(),
                new ReconcileSettings("inst-1", RETRY_POLICY, clock, jitter, () -> "create-" + ++createIds),
                RequestListener.NONE,
                RequestUse.NONE,
                ReconcileExtension.none());
        at(now().plus(TICK_DELAY), this::tick);
    }

    FleetCloud cloud() {
        return cloud;
    }

    Instant now() {
        return clock.instant();
    }

    int reconciles() {
        return reconciles;
    }

    int writes() {
        return writes;
    }

    int events() {
        return events;
    }

    // ---------------------------------------------------------------- users

    /** A user creates requests, each for a volume of its own. Returns their UIDs. */
    List<String> create(String namespace, int count) {
        return IntStream.range(0, count).mapToObj(number -> create(namespace)).toList();
    }

    /** A user creates a request. Returns its UID. */
    String create(String namespace) {
        var number = ++objects;
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withName("nightly-" + number)
                .withNamespace(namespace)
                .withUid("uid-" + number)
                .withGeneration(1L)
                .withCreationTimestamp(now().toString())
                .build());
        request.setSpec(new VolumeSnapshotRequestSpec(
                SnapshotSource.ofVolume("volume-" + number),
                null,
                null,
                null,
                Map.of(),
                DeletionPolicy.Delete,
                null,
                null,
                null,
                null,
                null,
                null));
        var member = new Member(request);
        byName.put(ResourceID.fromResource(request), member);
        byUid.put("uid-" + number, member);
        member.schedule(now());
        return request.getMetadata().getUid();
    }

    /** A user deletes all requests of a namespace. */
    void deleteAll(String namespace) {
        byName.forEach((id, member) -> {
            if (id.getNamespace().equals(Optional.of(namespace))) {
                member.object.delete(now());
                member.schedule(now());
            }
        });
    }

    // ---------------------------------------------------------------- what the users see

    /** Returns when the request was reported ready for the first time; empty if it was not. */
    Optional<Instant> readyAt(String uid) {
        return byUid.get(uid).readyAt;
    }

    /** Returns when the finalizer of a deleted request was removed; empty if it was not. */
    Optional<Instant> goneAt(String uid) {
        return byUid.get(uid).goneAt;
    }

    /** Returns how many requests were reported ready. */
    int ready() {
        return ready;
    }

    /** Returns how many requests have each reason. */
    Map<String, Long> reasons() {
        Map<String, Long> counts = new TreeMap<>();
        byUid.values()
                .forEach(member -> counts.merge(
                        StatusMapper.read(member.object.newest())
                                .reason()
                                .map(Object::toString)
                                .orElse("none"),
                        1L,
                        Long::sum));
        return counts;
    }

    // ---------------------------------------------------------------- time

    /** Does something after some time. */
    void after(Duration delay, Runnable action) {
        at(now().plus(delay), action);
    }

    /** Lets time pass. */
    void run(Duration time) {
        runUntil(() -> false, time);
    }

    /** Lets time pass until the condition holds, or the longest time is over. Returns how long that took. */
    Duration runUntil(BooleanSupplier condition, Duration longest) {
        var start = now();
        var end = start.plus(longest);
        while (!condition.getAsBoolean()) {
            var next = queue.peek();
            if (next.at().isAfter(end)) {
                moveTo(end);
                break;
            }
            executeNext();
        }
        return Duration.between(start, now());
    }

    private void executeNext() {
        var event = queue.remove();
        moveTo(event.at());
        event.action().run();
    }

    private void moveTo(Instant time) {
        if (time.isAfter(now())) {
            clock.step(Duration.between(now(), time));
        }
    }

    private Event at(Instant time, Runnable action) {
        var event = new Event(time, eventNumber++, action);
        queue.add(event);
        return event;
    }

    // ---------------------------------------------------------------- the poller

    private void tick() {
        connection.poller().tick(now());
        at(now().plus(TICK_DELAY), this::tick);
    }

    /** Waits as the thread of the poller does. Meanwhile reconciles run. */
    private void acquirePermit(CloudReads reads) {
        while (reads.tryReserveRead() instanceof Reservation.Denied denied) {
            var end = now().plus(denied.retryAfter());
            while (!queue.isEmpty() && !queue.peek().at().isAfter(end)) {
                executeNext();
            }
            moveTo(end);
        }
    }

    private void trigger(ResourceID id) {
        Optional.ofNullable(byName.get(id)).ifPresent(member -> member.schedule(now()));
    }
}
