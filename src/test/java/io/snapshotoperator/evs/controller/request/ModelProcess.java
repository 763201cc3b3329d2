/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.VolumeResolution;
import io.snapshotoperator.evs.poll.PollUpdate;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.snapshot.Action.Visitor;
import io.snapshotoperator.evs.snapshot.ActionResult;
import io.snapshotoperator.evs.snapshot.CreateResult;
import io.snapshotoperator.evs.snapshot.Decision;
import io.snapshotoperator.evs.snapshot.DeleteResult;
import io.snapshotoperator.evs.snapshot.Observation;
import io.snapshotoperator.evs.snapshot.ObservationQuery;
import io.snapshotoperator.evs.snapshot.ReconcileEnvironmentBuilder;
import io.snapshotoperator.evs.snapshot.ReconcileInput;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.snapshot.SnapshotRules;
import io.snapshotoperator.evs.snapshot.Source;
import io.snapshotoperator.evs.snapshot.StatusPatch;
import io.snapshotoperator.evs.snapshot.UpdateResult;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The model's operator: the real rules, licence book and pages, between eyes, hands and a desk that meet every trouble
 * the tape has in store. One process, from its accession to its end.
 */
final class ModelProcess {

    /** The process is no more; what it was about to do is not done. */
    static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Died() {
            super("died", null, false, false);
        }
    }

    private record Inventory(Instant startedAt, List<CloudSnapshot> all) {}

    private final LifecycleModel world;
    private final CreateGuard guard;
    private final CloudLocation location;
    private final ReconcileRequestTracker reconcileRequests = new ReconcileRequestTracker();
    private boolean markersKept = true;
    private Optional<Inventory> inventory = Optional.empty();
    private final Map<SnapshotId, PollUpdate> updates = new HashMap<>();
    private boolean leads = true;

    /** What the informer shows. */
    VolumeSnapshotRequest observed;

    /** When the next pass is due; empty when only an event brings one. */
    Optional<Instant> next;

    private VolumeSnapshotRequest object;
    private Instant now;

    ModelProcess(
            LifecycleModel world,
            CreateGuard.LeaderTermStart termStart,
            CloudLocation location,
            VolumeSnapshotRequest observed) {
        this.world = world;
        this.guard = new CreateGuard(termStart, LifecycleModel.RETRY_POLICY.settleTime());
        this.location = location;
        this.observed = observed;
        this.next = Optional.of(world.now);
    }

    boolean drained() {
        return guard.isDrained(world.now);
    }

    /** The object changed: the informer shows it, and a pass is due. */
    void wake() {
        observed = world.object.newest();
        next = Optional.of(world.now);
    }

    // ---------------------------------------------------------------- one pass

    void pass() {
        now = world.now;
        next = Optional.empty();
        if (world.object.current().isEmpty() && observed == world.object.newest()) {
            var uid = observed.getMetadata().getUid();
            guard.forget(uid);
            reconcileRequests.remove(uid);
            return;
        }
        object = observed;
        try {
            again(decideAndAct());
        } catch (ModelObject.Conflict conflict) {
            world.tell(() -> "  conflict");
            observed = world.object.newest();
            next = Optional.of(world.now.plusMillis(500));
        }
    }

    private void again(Decision outcome) {
        observed = object;
        next = outcome.requeueAfter().map(world.now::plus);
        outcome.requeueAfter().ifPresent(wait -> assertThat(wait).as("a wait").isGreaterThan(Duration.ZERO));
        var reason = StatusMapper.read(object).reason();
        if (outcome.requeueAfter().isEmpty()
                && outcome.action() instanceof Action.None
                && world.object.current().isPresent()) {
            assertThat(reason.map(Reason::phase))
                    .as("how an object stands that nobody looks at again: %s", reason)
                    .isPresent()
                    .get()
                    .isNotEqualTo(Phase.PROGRESSING);
        }
    }

    private Decision decideAndAct() {
        var desired = ((SpecMapper.ParsedSpec.Valid) SpecMapper.parse(object)).desired();
        var recorded = StatusMapper.read(object);
        var uid = recorded.identity().uid();
        CloudAccess reach = world.tape.once(24)
                ? new CloudAccess.Unavailable(world.trouble(false))
                : new CloudAccess.Available(location);
        VolumeResolution volumeId = desired.source() instanceof Source.Volume resolved
                ? new VolumeResolution.Resolved(resolved.id())
                : new VolumeResolution.NotNeeded();
        var environment = ReconcileEnvironmentBuilder.builder()
                .cloudAccess(reach)
                .volume(volumeId)
                .noPriorCreate(guard.hasNoPriorCreate(uid))
                .absenceProvableFrom(guard.absenceProvableFrom(uid, recorded.lastCreateOutcomeIsRecorded()))
                .metadataPreserved(markersKept)
                .refreshRequested(reconcileRequests.recordIfNew(uid, desired.reconcileRequest()))
                .installation(LifecycleModel.INSTALLATION)
                .retryPolicy(LifecycleModel.RETRY_POLICY)
                .build();
        var input = new ReconcileInput(desired, recorded, environment, now);
        var query = SnapshotRules.planObservation(input);
        var observation = look(recorded, query);
        mayDie("after the look");
        var decision = SnapshotRules.decide(input, observation, world.freshOrder());
        world.tell(
                () -> "  " + query.getClass().getSimpleName() + " -> " + brief(observation) + " -> " + brief(decision));
        var outcome = decision.action().accept(new Acting(input, decision));
        world.tell(() -> "    => " + brief(outcome));
        mayDie("before the page");
        outcome.statusPatch().ifPresent(this::write);
        return outcome;
    }

    // ---------------------------------------------------------------- eyes

    private Observation look(RecordedState state, ObservationQuery query) {
        if (query instanceof ObservationQuery.None) {
            return new Observation.Unchanged();
        }
        if (world.tape.once(30)) {
            return new Observation.Failed(world.trouble(false));
        }
        if (world.tape.once(30)) {
            return new Observation.Deferred(
                    world.tape.once(2)
                            ? Observation.Deferred.Cause.POLL_IN_PROGRESS
                            : Observation.Deferred.Cause.BUDGET,
                    Duration.ofSeconds(3));
        }
        if (query instanceof ObservationQuery.GetById read) {
            return read(read);
        }
        if (query instanceof ObservationQuery.PollerUpdate follow) {
            return follow(state, follow);
        }
        if (query instanceof ObservationQuery.ConfirmGoneThenFind vanished) {
            var recorded = read(new ObservationQuery.GetById(vanished.id()));
            return recorded instanceof Observation.NotFound ? search(state, vanished.thenFind()) : recorded;
        }
        if (query instanceof ObservationQuery.GetThenFindDuplicates get) {
            var recorded = read(new ObservationQuery.GetById(get.id()));
            return recorded instanceof Observation.Found ? search(state, get.search()) : recorded;
        }
        return search(state, (ObservationQuery.FindByMarker) query);
    }

    private Observation read(ObservationQuery.GetById question) {
        return world.cloud
                .read(location, question.id(), world.now)
                .<Observation>map(Observation.Found::new)
                .orElseGet(Observation.NotFound::new);
    }

    private Observation follow(RecordedState recorded, ObservationQuery.PollerUpdate question) {
        var told = Optional.ofNullable(updates.remove(question.id()));
        if (told.isPresent()) {
            if (told.get() instanceof PollUpdate.Changed changed) {
                world.cloud.noted(changed.snapshot());
                return new Observation.Found(changed.snapshot());
            }
            return told.get() instanceof PollUpdate.Duplicated
                    ? ownSearch(recorded)
                    : read(new ObservationQuery.GetById(question.id()));
        }
        var state = recorded.snapshot().orElseThrow().state();
        return switch (state) {
            case ROLLBACKING, BACKING_UP, UNRECOGNIZED -> read(new ObservationQuery.GetById(question.id()));
            case CREATING, DELETING -> sweep(recorded, question);
            case AVAILABLE, ERROR, ERROR_DELETING -> new Observation.Unchanged();
        };
    }

    private Observation sweep(RecordedState recorded, ObservationQuery.PollerUpdate question) {
        var word = recorded.snapshot().orElseThrow().wireState();
        var listed = world.cloud.list(location, world.now).stream()
                .anyMatch(snapshot -> snapshot.id().equals(question.id())
                        && snapshot.wireState().equals(word));
        return listed ? new Observation.Unchanged() : read(new ObservationQuery.GetById(question.id()));
    }

    private Observation search(RecordedState recorded, ObservationQuery.FindByMarker question) {
        if (inventory.isPresent()
                && !inventory.get().startedAt().isBefore(question.notBefore())
                && inventory.get().startedAt().plusSeconds(12).isAfter(world.now)) {
            inventory.get().all().forEach(world.cloud::noted);
            return searched(recorded, inventory.get(), true);
        }
        return ownSearch(recorded);
    }

    private Observation ownSearch(RecordedState recorded) {
        var startedAt = world.now;
        world.elapse(Duration.ofMillis(200L * world.tape.draw(3)));
        return searched(
                recorded, new Inventory(startedAt, world.cloud.list(location, startedAt)), !world.tape.once(20));
    }

    private static Observation searched(RecordedState recorded, Inventory inventory, boolean complete) {
        return new Observation.SearchResult(
                inventory.all().stream()
                        .filter(snapshot -> OwnershipMarker.of(snapshot)
                                .filter(marker ->
                                        marker.uid().equals(recorded.identity().uid()))
                                .isPresent())
                        .toList(),
                List.of(),
                complete,
                inventory.startedAt());
    }

    /** The slow look at everything. */
    void resync() {
        inventory = Optional.of(new Inventory(world.now, world.cloud.list(location, world.now)));
        var recorded = StatusMapper.read(observed);
        if (recorded.snapshot().isEmpty() || world.object.current().isEmpty()) {
            return;
        }
        var recordedSnapshot = recorded.snapshot().get();
        var listed = inventory.get().all().stream()
                .filter(snapshot -> snapshot.id().equals(recordedSnapshot.id()))
                .findFirst();
        var marked = inventory.get().all().stream()
                .filter(snapshot -> OwnershipMarker.of(snapshot)
                        .filter(marker ->
                                marker.uid().equals(recorded.identity().uid()))
                        .isPresent())
                .count();
        if (listed.isEmpty()) {
            tell(recordedSnapshot.id(), new PollUpdate.NoLongerListed());
        } else if (!listed.get().wireState().equals(recordedSnapshot.wireState())
                || !listed.get().name().equals(recordedSnapshot.name())) {
            tell(recordedSnapshot.id(), new PollUpdate.Changed(listed.get()));
        } else if (marked > 1) {
            tell(recordedSnapshot.id(), new PollUpdate.Duplicated());
        }
    }

    private void tell(SnapshotId id, PollUpdate what) {
        updates.put(id, what);
        next = Optional.of(world.now);
    }

    // ---------------------------------------------------------------- desk

    private void write(StatusPatch statusPatch) {
        var status = StatusMapper.apply(object, statusPatch, now);
        if (status.equals(object.getStatus())) {
            return;
        }
        world.meddle();
        object = world.object.patch(object, object -> {
            object.setStatus(status);
            return object;
        });
        world.written(object, statusPatch);
    }

    private boolean stillRecords(SnapshotId kept) {
        var current = world.object.current().filter(request -> StatusMapper.recordedId(request)
                .equals(Optional.of(kept)));
        current.ifPresent(request -> object = request);
        return current.isPresent();
    }

    private boolean writeIntent(CreateIntent intent) {
        try {
            world.meddle();
            object = world.object.patch(object, object -> {
                object.getMetadata().getAnnotations().put(Api.CREATE_INTENT, CreateIntentJson.write(intent));
                object.addFinalizer(Api.FINALIZER);
                return object;
            });
            return true;
        } catch (ModelObject.Conflict conflict) {
            return false;
        }
    }

    private void recordId(Decision outcome, CloudSnapshot fresh, Optional<SnapshotId> replaced) {
        while (true) {
            try {
                outcome.statusPatch().ifPresent(this::write);
                return;
            } catch (ModelObject.Conflict conflict) {
                var current = world.object.current();
                if (current.isEmpty()) {
                    throw conflict;
                }
                var recorded = StatusMapper.recordedId(current.get());
                if (recorded.isPresent()
                        && !recorded.equals(replaced)
                        && !recorded.get().equals(fresh.id())) {
                    throw conflict;
                }
                object = current.get();
            }
        }
    }

    // ---------------------------------------------------------------- hands

    private final class Acting implements Visitor<Decision> {
        private final ReconcileInput input;
        private final Decision decision;

        Acting(ReconcileInput input, Decision decision) {
            this.input = input;
            this.decision = decision;
        }

        @Override
        public Decision none() {
            return decision;
        }

        @Override
        public Decision createSnapshot(Action.CreateSnapshot action) {
            var result = order(action);
            world.tell(() -> "    " + result.getClass().getSimpleName());
            var outcome = SnapshotRules.afterAction(input, action, result);
            if (result instanceof CreateResult.Created created) {
                if (world.tape.once(16)) {
                    // The API server is out of reach, or says no for another reason than a conflict.
                    throw new ModelObject.Conflict();
                }
                recordId(outcome, created.snapshot(), action.intent().replaces());
            }
            return outcome;
        }

        private CreateResult order(Action.CreateSnapshot action) {
            var pending = unsent();
            if (pending.isPresent()) {
                return pending.get();
            }
            mayDie("before the intent");
            if (!writeIntent(action.intent())) {
                return new ActionResult.NotSent(ActionResult.NotSent.Cause.CONFLICT, Duration.ofSeconds(1));
            }
            mayDie("after the intent");
            // The API server may be slow: the order leaves well after the instant that the intent names.
            world.elapse(Duration.ofSeconds(world.tape.once(4) ? world.tape.draw(31) : 0));
            var uid = input.recorded().identity().uid();
            if (!guard.tryAcquire(
                    uid, action.searchStartedAt(), input.recorded().lastCreateOutcomeIsRecorded(), world.now)) {
                world.tell(() -> "    denied by the create guard");
                return new ActionResult.NotSent(
                        ActionResult.NotSent.Cause.PRIOR_CREATE_UNRESOLVED, Duration.ofSeconds(1));
            }
            if (world.tape.once(30)) {
                guard.complete(uid, true, world.now);
                return new ActionResult.NotSent(ActionResult.NotSent.Cause.LEASE_TOO_SHORT, Duration.ofSeconds(1));
            }
            var sent = world.create(ModelProcess.this, input, action, location);
            guard.complete(uid, sent.definite(), world.now);
            mayDie("after the answer");
            return sent.result();
        }

        @Override
        public Decision deleteSnapshot(Action.DeleteSnapshot action) {
            var result = unsent().<DeleteResult>map(notSent -> notSent).orElseGet(() -> {
                if (action.intent().isPresent() && !writeIntent(action.intent().get())) {
                    return new ActionResult.NotSent(ActionResult.NotSent.Cause.CONFLICT, Duration.ofSeconds(1));
                }
                if (action.duplicate()
                        && !stillRecords(
                                input.recorded().snapshot().orElseThrow().id())) {
                    return new ActionResult.NotSent(ActionResult.NotSent.Cause.CONFLICT, Duration.ofSeconds(1));
                }
                mayDie("before the deletion");
                return world.delete(input, action, location);
            });
            world.tell(() -> "    " + result.getClass().getSimpleName());
            mayDie("after the deletion");
            return SnapshotRules.afterAction(
                    input, action, decision.statusPatch().orElseThrow(), result);
        }

        @Override
        public Decision updateSnapshot(Action.UpdateSnapshot action) {
            var result = unsent().<UpdateResult>map(notSent -> notSent)
                    .orElseGet(() -> world.change(input, action, location));
            return SnapshotRules.afterAction(input, decision.statusPatch().orElseThrow(), result);
        }

        @Override
        public Decision addFinalizer(Action.AddFinalizer action) {
            object = world.object.patch(object, object -> {
                object.addFinalizer(Api.FINALIZER);
                return object;
            });
            mayDie("after the finalizer");
            return decision;
        }

        @Override
        public Decision removeFinalizer(Action.RemoveFinalizer action) {
            world.lettingGo(input, action);
            object = world.object.patch(object, object -> {
                object.removeFinalizer(Api.FINALIZER);
                return object;
            });
            observed = object;
            next = Optional.of(world.now);
            return decision;
        }

        @Override
        public Decision deleteRequest(Action.DeleteRequest action) {
            object = world.object.patch(object, object -> {
                object.getMetadata().setDeletionTimestamp(world.now.toString());
                return object;
            });
            return new Decision(action, decision.statusPatch(), Optional.of(Duration.ofMillis(1)), Optional.empty());
        }

        private Optional<ActionResult.NotSent> unsent() {
            if (world.tape.once(20)) {
                return Optional.of(new ActionResult.NotSent(
                        world.tape.once(2) ? ActionResult.NotSent.Cause.BUDGET : ActionResult.NotSent.Cause.VOLUME_BUSY,
                        Duration.ofSeconds(2)));
            }
            return leads
                    ? Optional.empty()
                    : Optional.of(new ActionResult.NotSent(
                            ActionResult.NotSent.Cause.LEASE_TOO_SHORT, Duration.ofSeconds(1)));
        }
    }

    /**
     * The answer to an order came only after another process had taken over. All that is left to do for this one is to
     * write down what it was told.
     */
    void wakeFromPause(ReconcileInput input, Action.CreateSnapshot action, CreateResult result) {
        leads = false;
        try {
            var outcome = SnapshotRules.afterAction(input, action, result);
            if (result instanceof CreateResult.Created created) {
                recordId(outcome, created.snapshot(), action.intent().replaces());
            } else {
                outcome.statusPatch().ifPresent(this::write);
            }
        } catch (ModelObject.Conflict tooLate) {
            world.tell(() -> "  the process that woke up was too late");
        }
    }

    private void mayDie(String when) {
        if (world.tape.once(40)) {
            world.tell(() -> "  died " + when);
            throw new Died();
        }
    }

    private static String brief(Observation observation) {
        if (observation instanceof Observation.Found found) {
            return "found " + found.snapshot().id() + " " + found.snapshot().wireState();
        }
        if (observation instanceof Observation.SearchResult search) {
            return "searched from " + search.startedAt() + (search.complete() ? "" : ", incomplete") + ": "
                    + search.matches().stream()
                            .map(snapshot -> snapshot.id() + " " + snapshot.wireState())
                            .toList();
        }
        return observation.toString();
    }

    private static String brief(Decision decision) {
        return decision.action().getClass().getSimpleName()
                + decision.statusPatch()
                        .map(statusPatch -> " " + statusPatch.verdict().reason()
                                + statusPatch
                                        .failedAttempt()
                                        .map(failure -> " after " + failure.operation())
                                        .orElse(""))
                        .orElse("")
                + decision.requeueAfter().map(wait -> " again " + wait).orElse("");
    }

    /** Whether an object shows as {@code Ready}. */
    static boolean isReady(VolumeSnapshotRequest object) {
        return StatusMapper.status(object).conditions().stream()
                .anyMatch(condition -> condition.getType().equals("Ready")
                        && condition.getStatus().equals("True"));
    }
}
