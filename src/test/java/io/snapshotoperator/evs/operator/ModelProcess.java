/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.snapshot.Action.Visitor;
import io.snapshotoperator.evs.snapshot.ActionResult;
import io.snapshotoperator.evs.snapshot.CreateGuard;
import io.snapshotoperator.evs.snapshot.CreateIntent;
import io.snapshotoperator.evs.snapshot.Decision;
import io.snapshotoperator.evs.snapshot.Observation;
import io.snapshotoperator.evs.snapshot.ObservationQuery;
import io.snapshotoperator.evs.snapshot.OwnershipMarker;
import io.snapshotoperator.evs.snapshot.ReconcileEnvironment;
import io.snapshotoperator.evs.snapshot.ReconcileInput;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.snapshot.SnapshotRules;
import io.snapshotoperator.evs.snapshot.Source;
import io.snapshotoperator.evs.snapshot.StatusPatch;
import io.snapshotoperator.evs.status.Reason;
import io.snapshotoperator.evs.status.Reason.Phase;
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

    private record Inventory(Instant begun, List<CloudSnapshot> all) {}

    private final LifecycleModel world;
    private final CreateGuard book;
    private final CloudLocation place;
    private final ReconcileRequestTracker lookRequests = new ReconcileRequestTracker();
    private boolean markersKept = true;
    private Optional<Inventory> inventory = Optional.empty();
    private final Map<SnapshotId, SnapshotPoller.Update> news = new HashMap<>();
    private boolean leads = true;

    /** What the informer shows. */
    VolumeSnapshotRequest seen;

    /** When the next pass is due; empty when only an event brings one. */
    Optional<Instant> next;

    private VolumeSnapshotRequest desk;
    private Instant now;

    ModelProcess(
            LifecycleModel world,
            CreateGuard.LeaderTermStart accession,
            CloudLocation place,
            VolumeSnapshotRequest seen) {
        this.world = world;
        this.book = new CreateGuard(accession, LifecycleModel.PATIENCE.settle());
        this.place = place;
        this.seen = seen;
        this.next = Optional.of(world.now);
    }

    boolean drained() {
        return book.isDrained(world.now);
    }

    /** The object changed: the informer shows it, and a pass is due. */
    void wake() {
        seen = world.object.newest();
        next = Optional.of(world.now);
    }

    // ---------------------------------------------------------------- one pass

    void pass() {
        now = world.now;
        next = Optional.empty();
        if (world.object.current().isEmpty() && seen == world.object.newest()) {
            var uid = seen.getMetadata().getUid();
            book.forget(uid);
            lookRequests.remove(uid);
            return;
        }
        desk = seen;
        try {
            again(decideAndAct());
        } catch (ModelObject.Conflict conflict) {
            world.tell(() -> "  conflict");
            seen = world.object.newest();
            next = Optional.of(world.now.plusMillis(500));
        }
    }

    private void again(Decision outcome) {
        seen = desk;
        next = outcome.lookAgainWithin().map(world.now::plus);
        outcome.lookAgainWithin()
                .ifPresent(wait -> assertThat(wait).as("a wait").isGreaterThan(Duration.ZERO));
        var reason = StatusMapper.read(desk).reason();
        if (outcome.lookAgainWithin().isEmpty()
                && outcome.deed() instanceof Action.None
                && world.object.current().isPresent()) {
            assertThat(reason.map(Reason::phase))
                    .as("how an object stands that nobody looks at again: %s", reason)
                    .isPresent()
                    .get()
                    .isNotEqualTo(Phase.PROGRESSING);
        }
    }

    private Decision decideAndAct() {
        var wish = ((SpecMapper.ParsedSpec.Valid) SpecMapper.parse(desk)).wish();
        var known = StatusMapper.read(desk);
        var uid = known.owner().uid();
        ReconcileEnvironment.CloudAccess reach = world.tape.once(24)
                ? new ReconcileEnvironment.CloudAccess.Unavailable(world.trouble(false))
                : new ReconcileEnvironment.CloudAccess.Available(place);
        ReconcileEnvironment.VolumeResolution disk = wish.source() instanceof Source.Volume it
                ? new ReconcileEnvironment.VolumeResolution.Resolved(it.id())
                : new ReconcileEnvironment.VolumeResolution.NotNeeded();
        var standing = new ReconcileEnvironment(
                reach,
                disk,
                book.hasNoPriorCreate(uid),
                book.absenceProvableFrom(uid, known.lastCreateOutcomeIsRecorded()),
                markersKept,
                lookRequests.recordIfNew(uid, wish.lookRequested()),
                LifecycleModel.INSTALLATION,
                LifecycleModel.PATIENCE);
        var it = new ReconcileInput(wish, known, standing, now);
        var question = SnapshotRules.planObservation(it);
        var sighting = look(known, question);
        mayDie("after the look");
        var decision = SnapshotRules.decide(it, sighting, world.freshOrder());
        world.tell(
                () -> "  " + question.getClass().getSimpleName() + " -> " + brief(sighting) + " -> " + brief(decision));
        var outcome = decision.deed().accept(new Acting(it, decision));
        world.tell(() -> "    => " + brief(outcome));
        mayDie("before the page");
        outcome.page().ifPresent(this::write);
        return outcome;
    }

    // ---------------------------------------------------------------- eyes

    private Observation look(RecordedState known, ObservationQuery question) {
        if (question instanceof ObservationQuery.None) {
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
        if (question instanceof ObservationQuery.GetById read) {
            return read(read);
        }
        if (question instanceof ObservationQuery.PollerUpdate follow) {
            return follow(known, follow);
        }
        if (question instanceof ObservationQuery.ConfirmGoneThenFind vanished) {
            var recorded = read(new ObservationQuery.GetById(vanished.id()));
            return recorded instanceof Observation.NotFound ? search(known, vanished.beside()) : recorded;
        }
        if (question instanceof ObservationQuery.GetThenFindDuplicates beside) {
            var recorded = read(new ObservationQuery.GetById(beside.id()));
            return recorded instanceof Observation.Found ? search(known, beside.search()) : recorded;
        }
        return search(known, (ObservationQuery.FindByMarker) question);
    }

    private Observation read(ObservationQuery.GetById question) {
        return world.cloud
                .read(place, question.id(), world.now)
                .<Observation>map(Observation.Found::new)
                .orElseGet(Observation.NotFound::new);
    }

    private Observation follow(RecordedState known, ObservationQuery.PollerUpdate question) {
        var told = Optional.ofNullable(news.remove(question.id()));
        if (told.isPresent()) {
            if (told.get() instanceof SnapshotPoller.Update.Changed it) {
                world.cloud.noted(it.snapshot());
                return new Observation.Found(it.snapshot());
            }
            return told.get() instanceof SnapshotPoller.Update.Duplicated
                    ? ownSearch(known)
                    : read(new ObservationQuery.GetById(question.id()));
        }
        var state = known.held().orElseThrow().state();
        return switch (state) {
            case ROLLBACKING, BACKING_UP, UNRECOGNIZED -> read(new ObservationQuery.GetById(question.id()));
            case CREATING, DELETING -> sweep(known, question);
            case AVAILABLE, ERROR, ERROR_DELETING -> new Observation.Unchanged();
        };
    }

    private Observation sweep(RecordedState known, ObservationQuery.PollerUpdate question) {
        var word = known.held().orElseThrow().wireState();
        var listed = world.cloud.list(place, world.now).stream()
                .anyMatch(it -> it.id().equals(question.id()) && it.wireState().equals(word));
        return listed ? new Observation.Unchanged() : read(new ObservationQuery.GetById(question.id()));
    }

    private Observation search(RecordedState known, ObservationQuery.FindByMarker question) {
        if (inventory.isPresent()
                && !inventory.get().begun().isBefore(question.notBefore())
                && inventory.get().begun().plusSeconds(12).isAfter(world.now)) {
            inventory.get().all().forEach(world.cloud::noted);
            return searched(known, inventory.get(), true);
        }
        return ownSearch(known);
    }

    private Observation ownSearch(RecordedState known) {
        var begun = world.now;
        world.elapse(Duration.ofMillis(200L * world.tape.draw(3)));
        return searched(known, new Inventory(begun, world.cloud.list(place, begun)), !world.tape.once(20));
    }

    private static Observation searched(RecordedState known, Inventory look, boolean complete) {
        return new Observation.SearchResult(
                look.all().stream()
                        .filter(it -> OwnershipMarker.of(it)
                                .filter(marker ->
                                        marker.uid().equals(known.owner().uid()))
                                .isPresent())
                        .toList(),
                List.of(),
                complete,
                look.begun());
    }

    /** The slow look at everything. */
    void resync() {
        inventory = Optional.of(new Inventory(world.now, world.cloud.list(place, world.now)));
        var known = StatusMapper.read(seen);
        if (known.held().isEmpty() || world.object.current().isEmpty()) {
            return;
        }
        var held = known.held().get();
        var listed = inventory.get().all().stream()
                .filter(it -> it.id().equals(held.id()))
                .findFirst();
        var marked = inventory.get().all().stream()
                .filter(it -> OwnershipMarker.of(it)
                        .filter(marker -> marker.uid().equals(known.owner().uid()))
                        .isPresent())
                .count();
        if (listed.isEmpty()) {
            tell(held.id(), new SnapshotPoller.Update.NoLongerListed());
        } else if (!listed.get().wireState().equals(held.wireState())
                || !listed.get().name().equals(held.name())) {
            tell(held.id(), new SnapshotPoller.Update.Changed(listed.get()));
        } else if (marked > 1) {
            tell(held.id(), new SnapshotPoller.Update.Duplicated());
        }
    }

    private void tell(SnapshotId id, SnapshotPoller.Update what) {
        news.put(id, what);
        next = Optional.of(world.now);
    }

    // ---------------------------------------------------------------- desk

    private void write(StatusPatch page) {
        var status = StatusMapper.apply(desk, page, now);
        if (status.equals(desk.getStatus())) {
            return;
        }
        world.meddle();
        desk = world.object.patch(desk, object -> {
            object.setStatus(status);
            return object;
        });
        world.written(desk, page);
    }

    private boolean stillRecords(SnapshotId kept) {
        var current =
                world.object.current().filter(it -> StatusMapper.recordedId(it).equals(Optional.of(kept)));
        current.ifPresent(it -> desk = it);
        return current.isPresent();
    }

    private boolean writeIntent(CreateIntent intent) {
        try {
            world.meddle();
            desk = world.object.patch(desk, object -> {
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
                outcome.page().ifPresent(this::write);
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
                desk = current.get();
            }
        }
    }

    // ---------------------------------------------------------------- hands

    private final class Acting implements Visitor<Decision> {
        private final ReconcileInput it;
        private final Decision decision;

        Acting(ReconcileInput it, Decision decision) {
            this.it = it;
            this.decision = decision;
        }

        @Override
        public Decision none() {
            return decision;
        }

        @Override
        public Decision createSnapshot(Action.CreateSnapshot deed) {
            var answer = order(deed);
            world.tell(() -> "    " + answer.getClass().getSimpleName());
            var outcome = SnapshotRules.afterAction(it, deed, answer);
            if (answer instanceof ActionResult.Succeeded taken) {
                if (world.tape.once(16)) {
                    // The API server is out of reach, or says no for another reason than a conflict.
                    throw new ModelObject.Conflict();
                }
                recordId(outcome, taken.snapshot(), deed.intent().replaces());
            }
            return outcome;
        }

        private ActionResult order(Action.CreateSnapshot deed) {
            var held = unsent();
            if (held.isPresent()) {
                return held.get();
            }
            mayDie("before the intent");
            if (!writeIntent(deed.intent())) {
                return new ActionResult.NotSent(ActionResult.NotSent.Cause.CONFLICT, Duration.ofSeconds(1));
            }
            mayDie("after the intent");
            // The API server may be slow: the order leaves well after the instant that the intent names.
            world.elapse(Duration.ofSeconds(world.tape.once(4) ? world.tape.draw(31) : 0));
            var uid = it.known().owner().uid();
            if (!book.tryAcquire(uid, deed.searched(), it.known().lastCreateOutcomeIsRecorded(), world.now)) {
                world.tell(() -> "    no licence");
                return new ActionResult.NotSent(ActionResult.NotSent.Cause.NO_LICENCE, Duration.ofSeconds(1));
            }
            if (world.tape.once(30)) {
                book.complete(uid, true, world.now);
                return new ActionResult.NotSent(ActionResult.NotSent.Cause.NO_LICENCE, Duration.ofSeconds(1));
            }
            var answer = world.create(ModelProcess.this, it, deed, place);
            book.complete(uid, answer.definite(), world.now);
            mayDie("after the answer");
            return answer.answer();
        }

        @Override
        public Decision deleteSnapshot(Action.DeleteSnapshot deed) {
            var answer = unsent().orElseGet(() -> {
                if (deed.intent().isPresent() && !writeIntent(deed.intent().get())) {
                    return new ActionResult.NotSent(ActionResult.NotSent.Cause.CONFLICT, Duration.ofSeconds(1));
                }
                if (deed.surplus()
                        && !stillRecords(it.known().held().orElseThrow().id())) {
                    return new ActionResult.NotSent(ActionResult.NotSent.Cause.CONFLICT, Duration.ofSeconds(1));
                }
                mayDie("before the deletion");
                return world.delete(it, deed, place);
            });
            world.tell(() -> "    " + answer.getClass().getSimpleName());
            mayDie("after the deletion");
            return SnapshotRules.afterAction(it, deed, decision.page().orElseThrow(), answer);
        }

        @Override
        public Decision updateSnapshot(Action.UpdateSnapshot deed) {
            var answer = unsent().orElseGet(() -> world.change(it, deed, place));
            return SnapshotRules.afterAction(it, deed, decision.page().orElseThrow(), answer);
        }

        @Override
        public Decision addFinalizer(Action.AddFinalizer deed) {
            desk = world.object.patch(desk, object -> {
                object.addFinalizer(Api.FINALIZER);
                return object;
            });
            mayDie("after the finalizer");
            return decision;
        }

        @Override
        public Decision removeFinalizer(Action.RemoveFinalizer deed) {
            world.lettingGo(it, deed);
            desk = world.object.patch(desk, object -> {
                object.removeFinalizer(Api.FINALIZER);
                return object;
            });
            seen = desk;
            next = Optional.of(world.now);
            return decision;
        }

        @Override
        public Decision deleteRequest(Action.DeleteRequest deed) {
            desk = world.object.patch(desk, object -> {
                object.getMetadata().setDeletionTimestamp(world.now.toString());
                return object;
            });
            return new Decision(deed, decision.page(), Optional.of(Duration.ofMillis(1)), Optional.empty());
        }

        private Optional<ActionResult> unsent() {
            if (world.tape.once(20)) {
                return Optional.of(new ActionResult.NotSent(
                        world.tape.once(2) ? ActionResult.NotSent.Cause.BUDGET : ActionResult.NotSent.Cause.VOLUME_BUSY,
                        Duration.ofSeconds(2)));
            }
            return leads
                    ? Optional.empty()
                    : Optional.of(
                            new ActionResult.NotSent(ActionResult.NotSent.Cause.NO_LICENCE, Duration.ofSeconds(1)));
        }
    }

    /**
     * The answer to an order came only after another process had taken over. All that is left to do for this one is to
     * write down what it was told.
     */
    void wakeFromPause(ReconcileInput it, Action.CreateSnapshot deed, ActionResult answer) {
        leads = false;
        try {
            var outcome = SnapshotRules.afterAction(it, deed, answer);
            if (answer instanceof ActionResult.Succeeded taken) {
                recordId(outcome, taken.snapshot(), deed.intent().replaces());
            } else {
                outcome.page().ifPresent(this::write);
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

    private static String brief(Observation sighting) {
        if (sighting instanceof Observation.Found found) {
            return "found " + found.snapshot().id() + " " + found.snapshot().wireState();
        }
        if (sighting instanceof Observation.SearchResult look) {
            return "searched from " + look.begun() + (look.complete() ? "" : ", incomplete") + ": "
                    + look.hits().stream()
                            .map(it -> it.id() + " " + it.wireState())
                            .toList();
        }
        return sighting.toString();
    }

    private static String brief(Decision decision) {
        return decision.deed().getClass().getSimpleName()
                + decision.page()
                        .map(page -> " " + page.verdict().reason()
                                + page.attempt()
                                        .map(it -> " after " + it.operation())
                                        .orElse(""))
                        .orElse("")
                + decision.lookAgainWithin().map(wait -> " again " + wait).orElse("");
    }

    /** Whether an object shows as {@code Ready}. */
    static boolean isReady(VolumeSnapshotRequest object) {
        return StatusMapper.status(object).conditions().stream()
                .anyMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("True"));
    }
}
