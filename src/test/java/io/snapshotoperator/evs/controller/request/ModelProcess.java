/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.controller.ApiServerException;
import io.snapshotoperator.evs.controller.ClaimVolumeResolver;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.LockKey;
import io.snapshotoperator.evs.controller.MutatingCalls;
import io.snapshotoperator.evs.controller.ReconcileExtension;
import io.snapshotoperator.evs.controller.ReconcileSettings;
import io.snapshotoperator.evs.controller.RequestUse;
import io.snapshotoperator.evs.controller.WorkerPlaces;
import io.snapshotoperator.evs.controller.connection.OwnConnection;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.poll.CloudReads;
import io.snapshotoperator.evs.poll.PollIntervals;
import io.snapshotoperator.evs.poll.PollerEventSource;
import io.snapshotoperator.evs.poll.SnapshotPoller;
import io.snapshotoperator.evs.telemetry.BudgetMetrics;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One process of the operator, from the start of its leader term to its end: the real reconciler, actuator, guard, connection,
 * budget and poller. Only their ports belong to the model: the cloud client, the store, the clock, the Lease and the events.
 */
final class ModelProcess {
    private static final PollIntervals INTERVALS = new PollIntervals(Duration.ofSeconds(10), Duration.ofMinutes(10));
    private static final Duration QUOTA_PAUSE = Duration.ofSeconds(30);
    private static final Duration MAX_CALL_DURATION = Duration.ofSeconds(20);
    /** The framework repeats a reconcile that ended with an exception. */
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);
    /** More searches than the poller serves one by one. */
    private static final int OTHER_SEARCHES = 6;

    private static final Duration MAX_LIST_TIME = Duration.ofSeconds(15);
    private static final String OTHER = "other-";
    private static final SnapshotMetrics METRICS = new SnapshotMetrics(new SimpleMeterRegistry());
    private static final BudgetMetrics BUDGETS = new BudgetMetrics(new SimpleMeterRegistry());

    /** Ends the process. No production code catches it, so nothing that the process was about to do is done. */
    static final class Died extends Error {
        private static final long serialVersionUID = 1L;

        private Died() {
            super("died", null, false, false);
        }
    }

    private final LifecycleModel model;
    private final CreateGuard guard;
    private final CallBudget budget = CallBudget.standard();
    private final CloudConnection connection;
    private final VolumeSnapshotRequestReconciler reconciler;
    private final Map<SnapshotId, String> lastStates;

    /** What the pages of a list showed that the poller has not used yet; empty while it does not list. */
    private Optional<Map<SnapshotId, String>> listed = Optional.empty();

    private final Map<SnapshotId, Instant> readAvailableAt = new HashMap<>();
    private final Set<SnapshotId> observedDuringList = new HashSet<>();
    private boolean alive = true;
    private boolean idUnrecorded;
    private VolumeSnapshotRequest cached;
    private ModelStore store;
    private Instant reconcileStartedAt;
    private Optional<Instant> nextReconcile;
    private Optional<Instant> nextReconcileOfSecond;

    /**
     * @param cached what the informer shows at the start
     * @param predecessor the process of which this one continues the observations; empty for the first one
     */
    ModelProcess(
            LifecycleModel model,
            CreateGuard.LeaderTermStart termStart,
            CloudLocation location,
            VolumeSnapshotRequest cached,
            Optional<ModelProcess> predecessor) {
        this.model = model;
        this.cached = cached;
        this.nextReconcile = Optional.of(model.now());
        this.nextReconcileOfSecond = Optional.of(model.now());
        this.lastStates =
                new HashMap<>(predecessor.map(process -> process.lastStates).orElse(Map.of()));
        this.guard = new CreateGuard(termStart, LifecycleModel.RETRY_POLICY.settleTime());
        this.connection = new CloudConnection(
                "default",
                new ModelClient(model, this, location),
                budget,
                new CloudConnection.Timings(QUOTA_PAUSE, QUOTA_PAUSE, INTERVALS),
                model::now,
                BUDGETS,
                new WorkerPlaces(),
                () -> {},
                reads -> new SnapshotPoller(
                        reads,
                        () -> acquirePermit(reads),
                        model::now,
                        INTERVALS,
                        delay -> delay,
                        this::trigger,
                        inventory -> model.reached("the poller takes an inventory")),
                Set::of);
        this.reconciler = new VolumeSnapshotRequestReconciler(
                new CloudActuator(
                        new MutatingCalls(guard, time -> holdsLease(), model::now, MAX_CALL_DURATION), RequestUse.NONE),
                new ClaimVolumeResolver(null, Set.of(), Duration.ofMinutes(1)),
                new EventRecorder(event -> model.trace(() -> "    event " + event.getReason()), METRICS),
                METRICS,
                OwnConnection.everywhere(connection),
                guard,
                new PollerEventSource<>(),
                new ReconcileSettings(
                        LifecycleModel.INSTALLATION,
                        LifecycleModel.RETRY_POLICY,
                        model::now,
                        this::requirePositive,
                        model::nextCreateId),
                RequestListener.NONE,
                RequestUse.NONE,
                ReconcileExtension.none());
    }

    private Duration requirePositive(Duration requeue) {
        assertThat(requeue).as("a requeue").isGreaterThan(Duration.ZERO);
        return requeue;
    }

    // ---------------------------------------------------------------- life

    /** Ends this process. */
    Died die(String when) {
        model.trace(() -> "  died " + when);
        model.reached("a process dies " + when);
        alive = false;
        return new Died();
    }

    void requireAlive() {
        if (!alive) {
            throw new Died();
        }
    }

    boolean isDrained() {
        return guard.isDrained(model.now());
    }

    /** Returns whether this process leads. One that paused does not know that it lost the Lease, until it checks. */
    boolean isLeader() {
        return model.isCurrent(this);
    }

    private boolean holdsLease() {
        requireAlive();
        var held = isLeader() && !model.choices.once(60);
        if (!held) {
            model.reached("the Lease is too short");
        }
        return held;
    }

    /** Makes the informer show the newest version, which triggers a reconcile. */
    void wake() {
        cached = model.object().newest();
        schedule(model.now());
    }

    Optional<Instant> nextReconcile() {
        return nextReconcile;
    }

    VolumeSnapshotRequest cached() {
        return cached;
    }

    private void schedule(Instant time) {
        nextReconcile = Optional.of(
                nextReconcile.filter(earlier -> earlier.isBefore(time)).orElse(time));
    }

    // ---------------------------------------------------------------- reconcile

    /** Reconciles once, as the framework does. */
    void reconcile() {
        nextReconcile = Optional.empty();
        if (model.object().current().isEmpty() && cached == model.object().newest()) {
            reconciler.onDeleted(cached);
            return;
        }
        store = new ModelStore(model, this, cached);
        reconcileStartedAt = model.now();
        idUnrecorded = false;
        try {
            var control = reconciler.reconcile(cached, store);
            // The framework counts in milliseconds, so a shorter requeue is due at once. Time passes anyway.
            control.getScheduleDelay().ifPresent(delay -> schedule(model.now().plusMillis(Math.max(1, delay))));
            model.trace(() -> "    requeue "
                    + control.getScheduleDelay().map(Duration::ofMillis).orElse(null));
        } catch (KubernetesClientException | ApiServerException rejected) {
            model.trace(() -> "    escapes: " + rejected.getMessage());
            schedule(model.now().plus(RETRY_INTERVAL));
        } finally {
            connection.unlock(new LockKey.OfVolume(LifecycleModel.VOLUME));
        }
        updateCache();
        if (isLeader() && nextReconcile.isEmpty() && model.object().current().isPresent()) {
            var reason = StatusMapper.read(cached).reason();
            assertThat(reason.map(Reason::phase))
                    .as("the phase of an object that only an event reconciles again: %s", reason)
                    .isPresent()
                    .get()
                    .isNotEqualTo(Phase.PROGRESSING);
        }
    }

    /** The framework puts each version that the operator wrote into the cache. The informer shows a foreign write later. */
    private void updateCache() {
        cached = store.wasRejected() ? model.object().newest() : store.written().orElse(cached);
        if (model.object().current().isEmpty()) {
            wake();
        }
    }

    /** Returns the version that the running reconcile started from. */
    VolumeSnapshotRequest observed() {
        return store.observed();
    }

    ModelStore store() {
        return store;
    }

    Instant reconcileStartedAt() {
        return reconcileStartedAt;
    }

    /** Returns when the second object is reconciled next; empty if only an event does. */
    Optional<Instant> nextReconcileOfSecond() {
        return model.second().flatMap(object -> nextReconcileOfSecond);
    }

    void wakeSecond() {
        nextReconcileOfSecond = Optional.of(model.now());
    }

    /** Reconciles the second object once. */
    void reconcileSecond() {
        var second = model.second().orElseThrow();
        nextReconcileOfSecond = Optional.empty();
        try {
            reconciler
                    .reconcile(second.newest(), second.store(this))
                    .getScheduleDelay()
                    .ifPresent(delay -> nextReconcileOfSecond =
                            Optional.of(nextReconcileOfSecond.orElse(model.now().plusMillis(Math.max(1, delay)))));
        } catch (KubernetesClientException | ApiServerException rejected) {
            nextReconcileOfSecond = Optional.of(model.now().plus(RETRY_INTERVAL));
        }
    }

    // ---------------------------------------------------------------- observations

    /** Records what a response showed of a snapshot. */
    void observed(SnapshotId id, Optional<CloudSnapshot> snapshot) {
        var word = snapshot.map(CloudSnapshot::wireState).orElse("(absent)");
        if (listed.isPresent()) {
            listed.get().put(id, word);
        } else {
            lastStates.put(id, word);
            observedDuringList.add(id);
            if (word.equals("available")) {
                readAvailableAt.put(id, model.now());
            }
        }
    }

    /**
     * Returns whether a read showed the snapshot as available within the longest time of a list. The operator ignores a list
     * that began before a read, also if a page of it arrived after the read.
     */
    boolean justReadAvailable(String id) {
        var at = readAvailableAt.get(new SnapshotId(id));
        return at != null && !at.plus(MAX_LIST_TIME).isBefore(model.now());
    }

    /** Returns the state in which this process or a predecessor saw the snapshot last. */
    String lastState(String id) {
        return lastStates.getOrDefault(new SnapshotId(id), "(never)");
    }

    void onCreateExecuted(CloudSnapshot created) {
        observed(created.id(), Optional.of(created));
        idUnrecorded = true;
    }

    /** Returns whether the running reconcile executed a create request, so that only this process can know its id. */
    boolean hasUnrecordedId() {
        return idUnrecorded;
    }

    // ---------------------------------------------------------------- connection

    /** The cloud throttles another call of this connection. */
    void throttle() {
        model.reached("the budget is paused");
        budget.onThrottled(Optional.of(Duration.ofSeconds(1 + model.choices.draw(3))), model.now());
    }

    /** The cloud reports a used-up quota to another request. */
    void suspendCreates() {
        model.reached("creates are suspended");
        budget.suspendCreates(Optional.empty(), model.now().plus(QUOTA_PAUSE));
    }

    /** Another request sends a mutating call for the volume, until the running reconcile ends. */
    void lockVolume() {
        model.reached("the volume is locked");
        connection.tryLock(new LockKey.OfVolume(LifecycleModel.VOLUME));
    }

    // ---------------------------------------------------------------- poller

    /** Polls or takes an inventory, if one is due. */
    void tick() {
        // No list begins at the instant of a read.
        model.elapse(Duration.ofMillis(1));
        Map<SnapshotId, String> ofPoller = new HashMap<>();
        listed = Optional.of(ofPoller);
        observedDuringList.clear();
        try {
            connection.poller().tick(model.now());
        } finally {
            listed = Optional.empty();
        }
        ofPoller.keySet().removeAll(observedDuringList);
        lastStates.putAll(ofPoller);
    }

    /** Other requests search for their markers. As they are many, the next list is an inventory. */
    void searchForOthers() {
        IntStream.range(0, OTHER_SEARCHES).forEach(number -> connection
                .poller()
                .requestInventory(new ResourceID(OTHER + number, "shop"), OTHER + number, model.now()));
    }

    private void trigger(ResourceID object) {
        if (object.getName().startsWith(OTHER)) {
            connection.poller().completeSearch(object.getName());
        } else if (object.getName().equals(ModelImport.NAME)) {
            model.trace(() -> "  the poller triggers a reconcile of the second object");
            model.reached("the poller triggers a reconcile of the second object");
            wakeSecond();
        } else if (object.equals(ResourceID.fromResource(cached))) {
            model.trace(() -> "  the poller triggers a reconcile");
            model.reached("the poller triggers a reconcile");
            schedule(model.now());
        }
    }

    /** Waits for a permit in the time of the model. By choice a reconcile runs until then, or the process dies. */
    private void acquirePermit(CloudReads reads) {
        requireAlive();
        while (reads.tryReserveRead() instanceof Reservation.Denied denied) {
            model.elapse(denied.retryAfter());
        }
        switch (model.choices.draw(40)) {
            case 39 -> throw die("while the poller waits for a permit");
            case 35, 36, 37, 38 -> {
                model.reached("a reconcile runs during a list of the poller");
                var ofPoller = listed;
                listed = Optional.empty();
                model.reconcile();
                listed = ofPoller;
            }
            case 33, 34 -> model.elapse(Duration.ofSeconds(1 + model.choices.draw(9)));
            default -> {}
        }
        requireAlive();
    }
}
