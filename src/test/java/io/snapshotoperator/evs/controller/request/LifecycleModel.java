/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.FailurePolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.snapshot.ActionResult;
import io.snapshotoperator.evs.snapshot.CreateResult;
import io.snapshotoperator.evs.snapshot.DeleteResult;
import io.snapshotoperator.evs.snapshot.DesiredSnapshot;
import io.snapshotoperator.evs.snapshot.ReconcileInput;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.snapshot.StatusPatch;
import io.snapshotoperator.evs.snapshot.UpdateResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A world of one request: a cloud, an object, processes that come and go, people who meddle, and time. The tape says what
 * goes wrong; once it has run out nothing does any more, and then everything has to come right by itself.
 */
final class LifecycleModel {
    static final String INSTALLATION = "inst-1";
    static final RetryPolicy RETRY_POLICY =
            new RetryPolicy(Duration.ofSeconds(60), Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofMinutes(5));

    private static final Instant BEGINNING = Instant.parse("2026-01-01T12:00:00Z");
    private static final String UID = "0b8e2f64-7f0e-4d3b-9e55-000000000001";
    private static final VolumeId VOLUME = new VolumeId("disk-1");
    private static final CloudLocation HOME = new CloudLocation("https://evs.example", "project-a");
    private static final CloudLocation ELSEWHERE = new CloudLocation("https://evs.example", "project-b");
    private static final Duration RESYNC = Duration.ofMinutes(10);

    /** What kind of request a run is about. */
    enum Kinds {
        KEEP,
        REPLACE,
        IMPORT_AND_KEEP,
        IMPORT_AND_DELETE
    }

    record Sent(CreateResult result, boolean definite) {}

    final ChoiceSequence tape;
    final ModelCloud cloud = new ModelCloud();
    final ModelObject object;
    Instant now = BEGINNING;

    private final Kinds kind;
    private final boolean lateAllowed;
    private final Optional<List<String>> trace;
    private final Optional<ModelCloud.Shelved> imported;
    private final Set<String> everRecorded = new HashSet<>();
    private final List<Runnable> paused = new ArrayList<>();
    private ModelProcess process;
    private CloudLocation location = HOME;
    private Optional<String> lastRetryCreate = Optional.empty();
    private int responses;
    private int createCount;
    private int statusWrites;
    private boolean leaseExists;
    private boolean removedByUser;
    private boolean letGo;

    /** A process that was paused writes what it was told before others looked again. */
    private boolean wakingUp;

    private boolean everReady;

    /** A refused name is not tried again before the spec changes. */
    private boolean neverRenamed;

    /** An import keeps where it was found in its status only. */
    private boolean wiped;

    LifecycleModel(ChoiceSequence tape, boolean lateAllowed, Optional<List<String>> trace) {
        this.tape = tape;
        this.lateAllowed = lateAllowed;
        this.trace = trace;
        this.kind = Kinds.values()[List.of(0, 0, 0, 0, 1, 1, 1, 2, 3).get(tape.draw(9))];
        this.imported = isImport()
                ? Optional.of(cloud.foreign(
                        HOME,
                        new CreateSnapshotRequest(VOLUME, foreignName(), Optional.empty(), false, foreignMarker()),
                        now,
                        "available"))
                : Optional.empty();
        this.object = new ModelObject(request());
        if (tape.once(2)) {
            leaseExists = true;
        }
        begin(false);
    }

    // ---------------------------------------------------------------- the run

    void run() {
        while (!tape.isOver() && object.current().isPresent()) {
            step();
        }
        calm();
        if (object.current().isPresent()) {
            tell(() -> "---- the end of the object");
            object.delete(now);
            process.wake();
            live(Duration.ofHours(2));
            afterDeletion();
        }
    }

    private void step() {
        switch (tape.draw(16)) {
            case 0, 1, 2, 3, 4, 5, 6 -> nextPass();
            case 7 -> elapse(Duration.ofSeconds(tape.draw(40)));
            case 8 ->
                elapse(List.of(Duration.ofMinutes(2), Duration.ofMinutes(20), Duration.ofMinutes(61))
                        .get(tape.draw(3)));
            case 9, 10 -> cloudGoesOn();
            case 11 -> resync();
            case 12 -> person();
            case 13 -> restart();
            case 14 -> someoneInTheCloud();
            default -> wakeOneThatPaused();
        }
    }

    private void nextPass() {
        process.next.filter(now::isBefore).ifPresent(due -> elapse(Duration.between(now, due)));
        if (process.next.isPresent()) {
            pass();
        }
    }

    private void pass() {
        tell(() -> "pass: " + asSeen(process.observed));
        try {
            process.pass();
        } catch (ModelProcess.Died died) {
            begin(false);
        }
    }

    void elapse(Duration time) {
        now = now.plus(time);
        cloud.advance(now);
    }

    private void calm() {
        tell(() -> "---- calm");
        wakingUp = true;
        paused.forEach(Runnable::run);
        wakingUp = false;
        paused.clear();
        location = HOME;
        begin(false);
        if (object.current().isEmpty()) {
            afterDeletion();
            return;
        }
        object.annotate(Api.PAUSED, Optional.empty());
        process.wake();
        live(Duration.ofHours(3));
        if (object.current().isEmpty()) {
            afterDeletion();
            return;
        }
        if (object.newest().isMarkedForDeletion()) {
            assertThat(reason()).as("why the object is still there").isIn(reasonsToStay());
            return;
        }
        var writes = statusWrites;
        live(Duration.ofHours(1));
        assertThat(statusWrites - writes).as("status writes in a quiet hour").isZero();
        settled();
    }

    /** Time goes by with nothing but passes that are due, looks at everything, and a cloud that finishes its work. */
    private void live(Duration time) {
        var end = now.plus(time);
        var passes = 0;
        var nextResync = now.plus(RESYNC);
        var step = now.plusSeconds(30);
        while (now.isBefore(end)) {
            var due = process.next.orElse(Instant.MAX);
            if (!due.isAfter(now)) {
                assertThat(++passes).as("passes within %s", time).isLessThan(1500);
                pass();
            } else if (!nextResync.isAfter(now)) {
                nextResync = now.plus(RESYNC);
                resync();
            } else {
                elapse(Duration.between(now, due.isBefore(step) ? due : step));
                if (!step.isAfter(now)) {
                    step = now.plusSeconds(30);
                    cloud.present().forEach(stored -> cloud.goOn(stored, 0));
                }
            }
        }
    }

    private void resync() {
        tell(() -> "resync");
        process.resync();
    }

    private void wakeOneThatPaused() {
        if (!paused.isEmpty()) {
            tell(() -> "a paused process wakes up");
            wakingUp = true;
            paused.remove(0).run();
            wakingUp = false;
            process.wake();
        }
    }

    // ---------------------------------------------------------------- processes

    private void restart() {
        if (tape.once(4) && !(isImport() && wiped)) {
            location = location.equals(HOME) ? ELSEWHERE : HOME;
        }
        if (tape.once(5)) {
            leaseExists = false;
        }
        begin(tape.once(2) && process.drained());
    }

    /** A process takes over; {@code drained}: its predecessor released the lease with nothing under way. */
    private void begin(boolean drained) {
        // The lease runs out first, unless it was released.
        if (process != null && !drained) {
            elapse(Duration.ofSeconds(tape.draw(30)));
        }
        var marked = object.current()
                .filter(request -> request.hasFinalizer(Api.FINALIZER)
                        || StatusMapper.recordedId(request).isPresent()
                        || request.getMetadata().getAnnotations().containsKey(Api.CREATE_INTENT))
                .isPresent();
        var clean = leaseExists ? drained : !marked;
        // A new object may come into being after the process took stock.
        var first = process == null && tape.once(2);
        leaseExists = true;
        var found = object.current().isPresent() && !first ? Set.of(UID) : Set.<String>of();
        tell(() -> "process begins, clean=" + clean + " found=" + found + " at " + location.projectId());
        process = new ModelProcess(
                this,
                new CreateGuard.LeaderTermStart(now, clean, found),
                location,
                object.earlier(tape.draw(4) == 3 ? 1 + tape.draw(3) : 0));
        elapse(Duration.ofMillis(500));
    }

    // ---------------------------------------------------------------- orders

    String freshOrder() {
        return "order-" + ++createCount;
    }

    Sent create(ModelProcess sender, ReconcileInput input, Action.CreateSnapshot action, CloudLocation to) {
        assertThat(input.desired().paused()).as("paused").isFalse();
        assertThat(input.desired().isImport()).as("an import").isFalse();
        assertThat(action.snapshot().metadata())
                .containsEntry(
                        OwnershipMarker.PREFIX + "create-id", action.intent().createId());
        assertThat(action.intent().location()).isEqualTo(to);
        input.recorded()
                .intent()
                .filter(before ->
                        before.at().plus(RETRY_POLICY.outcomeProvableFor()).isBefore(input.now())
                                && !input.recorded().lastCreateOutcomeIsRecorded()
                                && neverRecorded(before.createId()))
                .ifPresent(before -> {
                    assertThat(input.desired().retryCreate())
                            .as("the answer to uncertainty")
                            .isPresent()
                            .isNotEqualTo(lastRetryCreate);
                    lastRetryCreate = input.desired().retryCreate();
                    responses++;
                });
        var request = action.snapshot();
        var sent = now;
        var lag = Duration.ofSeconds(List.of(0, 0, 0, 1, 20).get(tape.draw(5)));
        var what = tape.draw(18);
        tell(() -> "    order " + request.metadata().get(OwnershipMarker.PREFIX + "create-id") + " fate " + what
                + " lag " + lag);
        switch (what) {
            case 7, 8 -> {
                elapse(Duration.ofSeconds(tape.draw(20)));
                return failed(refusal(), true);
            }
            case 9 -> {
                elapse(Duration.ofSeconds(tape.draw(20)));
                return failed(trouble(true), false);
            }
            case 10 -> {
                cloud.act(to, request, now, lag);
                elapse(Duration.ofSeconds(tape.draw(20)));
                return failed(trouble(true), false);
            }
            case 11 -> {
                cloud.act(to, request, now, lag);
                throw new ModelProcess.Died();
            }
            case 12 -> throw new ModelProcess.Died();
            case 13, 14 -> {
                cloud.post(to, request, sent, Duration.ofSeconds(tape.draw(35)), lag, false);
                if (what == 14) {
                    throw new ModelProcess.Died();
                }
                elapse(Duration.ofSeconds(tape.draw(20)));
                return failed(trouble(true), false);
            }
            case 15 -> {
                var made = cloud.act(to, request, now, lag);
                cloud.noted(made.seen());
                var response = made.seen();
                paused.add(() -> sender.wakeFromPause(input, action, new CreateResult.Created(response)));
                throw new ModelProcess.Died();
            }
            case 16 -> {
                var failure = refusal();
                paused.add(() -> sender.wakeFromPause(input, action, new ActionResult.Failed(failure)));
                throw new ModelProcess.Died();
            }
            case 17 -> {
                if (lateAllowed) {
                    cloud.post(to, request, sent, Duration.ofSeconds(70 + 40L * tape.draw(4)), lag, true);
                    return failed(trouble(true), false);
                }
            }
            default -> {}
        }
        var made = cloud.act(to, request, now, lag);
        var response = made.seen();
        cloud.noted(response);
        elapse(Duration.ofSeconds(tape.draw(20)));
        return new Sent(new CreateResult.Created(response), true);
    }

    private static Sent failed(CloudException.Details failure, boolean definite) {
        return new Sent(new ActionResult.Failed(failure), definite);
    }

    DeleteResult delete(ReconcileInput input, Action.DeleteSnapshot action, CloudLocation from) {
        var target = cloud.find(action.id()).orElseThrow();
        tell(() -> "    delete " + target.id + " in state " + target.status);
        assertThat(input.desired().paused()).as("paused").isFalse();
        assertThat(input.desired().abandon() && input.recorded().isDeleting())
                .as("forgotten")
                .isFalse();
        if (target.sentByOperator || ours(target)) {
            if (!input.recorded().isDeleting()) {
                mayGoFromALivingObject(action, target);
            } else {
                assertThat(input.desired().deletionPolicy()).isEqualTo(DesiredSnapshot.DeletionPolicy.DELETE);
            }
        } else {
            assertThat(kind).as("what would delete a foreign snapshot").isEqualTo(Kinds.IMPORT_AND_DELETE);
            assertThat(imported).contains(target);
            assertThat(input.recorded().isDeleting()).isTrue();
            assertThat(target.metadata).as("the marker of another").doesNotContainKey(OwnershipMarker.PREFIX + "uid");
            assertThat(target.name).as("a backup's name").doesNotStartWith("autobk_snapshot_");
        }
        if (target.gone || !target.location.equals(from)) {
            return new DeleteResult.NotFound();
        }
        var fate = tape.draw(8);
        if (!List.of("available", "error").contains(target.status)) {
            return new ActionResult.Failed(details(Kind.BUSY, false));
        }
        if (fate == 5) {
            return new ActionResult.Failed(refusalOfDelete());
        }
        if (fate == 6) {
            return new ActionResult.Failed(trouble(true));
        }
        target.status = "deleting";
        target.deletedByUs = true;
        return fate == 7 ? new ActionResult.Failed(trouble(true)) : new DeleteResult.Accepted();
    }

    private void mayGoFromALivingObject(Action.DeleteSnapshot action, ModelCloud.Shelved target) {
        var written = StatusMapper.read(object.newest());
        var recorded = written.snapshot().map(recordedSnapshot -> recordedSnapshot.id());
        if (action.duplicate()) {
            assertThat(recorded).as("the snapshot that is kept").isPresent().isNotEqualTo(Optional.of(target.id));
            assertThat(cloud.find(recorded.get()).orElseThrow().order())
                    .as("the order of the one that is kept")
                    .isNotEqualTo(target.order());
            return;
        }
        assertThat(kind).as("what would delete the recorded one").isEqualTo(Kinds.REPLACE);
        assertThat(recorded.equals(Optional.of(target.id)) || replaced().equals(Optional.of(target.id)))
                .as("that %s is recorded", target.id)
                .isTrue();
        assertThat(written.readyAt()).as("when it was ready").isEmpty();
        assertThat(target.deletedByUs || target.status.equals("error"))
                .as("failed: %s", target.status)
                .isTrue();
    }

    UpdateResult change(ReconcileInput input, Action.UpdateSnapshot action, CloudLocation at) {
        var target = cloud.find(action.id()).orElseThrow();
        assertThat(input.desired().paused()).as("paused").isFalse();
        assertThat(target.sentByOperator || !target.metadata.containsKey(OwnershipMarker.PREFIX + "uid"))
                .as("that the renamed snapshot is nobody else's")
                .isTrue();
        if (tape.once(6)) {
            neverRenamed = true;
            return new ActionResult.Failed(tape.once(2) ? refusal() : trouble(true));
        }
        if (target.gone || !target.location.equals(at)) {
            return new UpdateResult.NotFound();
        }
        action.change().name().ifPresent(name -> target.name = name);
        action.change().description().ifPresent(text -> target.description = Optional.of(text));
        cloud.noted(target.seen());
        return new UpdateResult.Updated(target.seen());
    }

    void lettingGo(ReconcileInput input, Action.RemoveFinalizer action) {
        var requestedByUser =
                input.desired().abandon() || input.desired().deletionPolicy() == DesiredSnapshot.DeletionPolicy.RETAIN;
        removedByUser |= requestedByUser;
        letGo = true;
        tell(() -> "    lets go " + action);
        if (!requestedByUser && !cloud.anyLate()) {
            assertThat(cloud.living().stream().map(remaining -> remaining.id + " " + remaining.status))
                    .as("snapshots left when the finalizer goes")
                    .isEmpty();
            assertThat(cloud.quiet())
                    .as("that nothing is under way when the finalizer goes")
                    .isTrue();
        }
    }

    // ---------------------------------------------------------------- trouble

    CloudException.Details trouble(boolean mayHaveActed) {
        var kinds = mayHaveActed
                ? List.of(Kind.TRANSIENT, Kind.THROTTLED, Kind.UNKNOWN)
                : List.of(Kind.TRANSIENT, Kind.THROTTLED, Kind.NOT_AUTHORIZED, Kind.MISCONFIGURED);
        return details(kinds.get(tape.draw(kinds.size())), mayHaveActed);
    }

    private CloudException.Details refusal() {
        var kinds = List.of(
                Kind.QUOTA,
                Kind.BUSY,
                Kind.INVALID_REQUEST,
                Kind.VOLUME_NOT_FOUND,
                Kind.NOT_AUTHORIZED,
                Kind.VOLUME_ATTACHED,
                Kind.UNUSABLE_STATE,
                Kind.UNKNOWN);
        return details(kinds.get(tape.draw(kinds.size())), false);
    }

    private CloudException.Details refusalOfDelete() {
        var kinds = List.of(Kind.BUSY, Kind.NOT_AUTHORIZED, Kind.INVALID_REQUEST, Kind.UNKNOWN);
        return details(kinds.get(tape.draw(kinds.size())), false);
    }

    private static CloudException.Details details(Kind kind, boolean mayHaveActed) {
        return CloudExceptionDetailsBuilder.builder()
                .kind(kind)
                .operation("create-id")
                .httpStatus(400)
                .cloudMessage("no")
                .advice("Wait.")
                .mayHaveActed(mayHaveActed)
                .quotaScope(kind == Kind.QUOTA ? Optional.of(CloudException.QuotaScope.VOLUME) : Optional.empty())
                .build();
    }

    /** Someone writes to the object between our reading and our writing. */
    void meddle() {
        if (tape.once(25) && object.current().isPresent()) {
            tell(() -> "  someone else writes");
            object.edit(request -> {
                request.getMetadata().setLabels(Map.of("touched", now.toString()));
                return request;
            });
        }
    }

    // ---------------------------------------------------------------- people and the cloud's own life

    private void person() {
        if (object.current().isEmpty()) {
            return;
        }
        var what = tape.draw(16);
        tell(() -> "person " + what);
        switch (what) {
            case 0, 1 -> object.annotate(Api.PAUSED, Optional.of("true"));
            case 2, 3, 4 -> object.annotate(Api.PAUSED, Optional.empty());
            case 5, 6 -> object.annotate(Api.RETRY_CREATE, Optional.of("v" + tape.draw(2)));
            case 7 -> object.annotate(Api.RETRY_CREATE, Optional.empty());
            case 8 -> object.annotate(Api.RECONCILE_REQUESTED_AT, Optional.of("at" + tape.draw(3)));
            case 9 -> object.annotate(Api.RECONCILE_REQUESTED_AT, Optional.empty());
            case 10 -> respec(tape.draw(3));
            case 11 -> wipeStatus();
            case 12 -> loseFinalizer();
            case 13 -> object.delete(now);
            case 14 -> {
                if (object.newest().isMarkedForDeletion()) {
                    object.annotate(Api.ABANDON, Optional.of("true"));
                }
            }
            default -> flipPolicy();
        }
        if (tape.once(3)) {
            // The informer is late.
            return;
        }
        process.wake();
    }

    private void respec(int which) {
        var spec = object.newest().getSpec();
        edit(new VolumeSnapshotRequestSpec(
                spec.source(),
                "name-" + which,
                spec.description(),
                spec.force(),
                spec.metadata(),
                spec.deletionPolicy(),
                spec.readyWithin(),
                spec.ttl(),
                spec.failurePolicy(),
                spec.maxAttempts(),
                null));
    }

    private void flipPolicy() {
        if (isImport() || !tape.once(3)) {
            return;
        }
        var spec = object.newest().getSpec();
        edit(new VolumeSnapshotRequestSpec(
                spec.source(),
                spec.name(),
                spec.description(),
                spec.force(),
                spec.metadata(),
                spec.deletionPolicy() == DeletionPolicy.Delete ? DeletionPolicy.Retain : DeletionPolicy.Delete,
                spec.readyWithin(),
                spec.ttl(),
                spec.failurePolicy(),
                spec.maxAttempts(),
                null));
    }

    private void edit(VolumeSnapshotRequestSpec spec) {
        object.edit(request -> {
            request.setSpec(spec);
            request.getMetadata().setGeneration(request.getMetadata().getGeneration() + 1);
            return request;
        });
    }

    private void wipeStatus() {
        // What was lost in the cloud and then forgotten in Kubernetes leaves no trace anywhere.
        if (!cloud.anyMissing() && !(isImport() && location.equals(ELSEWHERE))) {
            wiped = true;
            object.edit(request -> {
                request.setStatus(null);
                return request;
            });
        }
    }

    private void loseFinalizer() {
        if (!object.newest().isMarkedForDeletion()) {
            object.edit(request -> {
                request.getMetadata().setFinalizers(new ArrayList<>());
                return request;
            });
            process.wake();
            nextPass();
        }
    }

    private void cloudGoesOn() {
        var present = cloud.present();
        if (!present.isEmpty()) {
            var stored = present.get(tape.draw(present.size()));
            if (stored.sentByOperator) {
                cloud.goOn(stored, tape.draw(6));
                tell(() -> "cloud: " + stored.id + " is " + stored.status + (stored.gone ? ", gone" : ""));
            }
        }
    }

    private void someoneInTheCloud() {
        switch (tape.draw(4)) {
            case 0 ->
                cloud.foreign(
                        HOME,
                        new CreateSnapshotRequest(VOLUME, foreignName(), Optional.empty(), false, foreignMarker()),
                        now,
                        "available");
            case 1 -> {
                if (kind == Kinds.KEEP) {
                    copyOfOurs();
                }
            }
            case 2 -> removeTheRecordedOne();
            default -> {}
        }
    }

    private void copyOfOurs() {
        cloud.living().stream()
                .filter(stored -> !now.isBefore(stored.visible))
                .findFirst()
                .ifPresent(owned -> {
                    var copy = cloud.foreign(
                            owned.location,
                            new CreateSnapshotRequest(VOLUME, "copy", Optional.empty(), false, owned.metadata),
                            now,
                            "available");
                    tell(() -> "someone copies the marker of " + owned.id + " to " + copy.id);
                });
    }

    private void removeTheRecordedOne() {
        StatusMapper.recordedId(object.newest())
                .flatMap(cloud::find)
                .filter(stored -> stored.sentByOperator && !stored.gone && !stored.deletedByUs)
                // A failed one that vanishes before it was replaced is no loss to anybody.
                .filter(stored -> kind != Kinds.REPLACE || !stored.status.equals("error"))
                .filter(stored -> !replaced().equals(Optional.of(stored.id)))
                .ifPresent(stored -> {
                    tell(() -> "someone removes " + stored.id);
                    cloud.remove(stored, now);
                });
    }

    // ---------------------------------------------------------------- what must hold

    void written(VolumeSnapshotRequest written, StatusPatch statusPatch) {
        statusWrites++;
        var status = written.getStatus();
        tell(() -> "    wrote " + statusPatch.verdict().reason() + " id=" + status.snapshotId() + " word="
                + status.snapshotStatus() + " readyAt=" + status.readyAt());
        if (status.snapshotId() != null) {
            everRecorded.add(status.snapshotId());
        }
        isReadyOnlyIfAvailable(written);
        staysReadyWhileAvailable(written);
        if (statusPatch.verdict().reason() == SnapshotReason.CreateOutcomeUnknown) {
            checkCreateOutcomeUnknown(StatusMapper.read(written));
        }
        if (statusPatch.verdict().reason() == SnapshotReason.SnapshotMissing) {
            assertThat(cloud.find(new SnapshotId(status.snapshotId()))).get().matches(stored -> stored.gone, "gone");
        }
        assertThat(status.failedAttempts()).hasSizeLessThanOrEqualTo(5);
    }

    private void isReadyOnlyIfAvailable(VolumeSnapshotRequest written) {
        var status = written.getStatus();
        if (ModelProcess.isReady(written)) {
            everReady = true;
            assertThat(cloud.lastSeen(status.snapshotId()))
                    .as("the last word seen of a snapshot that is called ready")
                    .isEqualTo("available");
        }
        assertThat(status.readyAt() == null || everReady)
                .as("that readyAt (%s) was written when it was ready", status.readyAt())
                .isTrue();
    }

    private void staysReadyWhileAvailable(VolumeSnapshotRequest written) {
        var before = object.earlier(1);
        if (ModelProcess.isReady(before) && !written.isMarkedForDeletion() && !wakingUp) {
            assertThat(ModelProcess.isReady(written)
                            || !cloud.lastSeen(before.getStatus().snapshotId()).equals("available"))
                    .as("that what is available stays ready, and is not %s", reason())
                    .isTrue();
        }
    }

    private void checkCreateOutcomeUnknown(RecordedState recorded) {
        var intent = recorded.intent().orElseThrow();
        assertThat(intent.at().plus(RETRY_POLICY.outcomeProvableFor())).isBeforeOrEqualTo(now);
        assertThat(recorded.lastCreateOutcomeIsRecorded())
                .as("that the order's outcome is known")
                .isFalse();
        assertThat(neverRecorded(intent.createId()))
                .as("that the snapshot of %s was never recorded", intent.createId())
                .isTrue();
    }

    private boolean neverRecorded(String createId) {
        return everRecorded.stream()
                .flatMap(id -> cloud.find(new SnapshotId(id)).stream())
                .noneMatch(stored -> stored.order().equals(createId));
    }

    private void settled() {
        var recorded = StatusMapper.read(object.newest());
        var reason = reason();
        var living = cloud.living();
        tell(() -> "settled: " + reason + ", living "
                + living.stream().map(stored -> stored.id + " " + stored.status).toList());
        if (!isImport()) {
            // What arrived late beside a snapshot that someone removed is named, and goes with the object.
            if (isHere(recorded) && (reason != SnapshotReason.SnapshotMissing || !cloud.anyLate())) {
                assertThat(living).as("living snapshots").hasSizeLessThanOrEqualTo(1);
            }
            assertThat(cloud.ordered())
                    .as("creates that the cloud acted on")
                    .isLessThanOrEqualTo((kind == Kinds.REPLACE ? 3 : 1) + cloud.late() + responses);
        }
        var held = recorded.snapshot()
                .map(recordedSnapshot -> recordedSnapshot.id())
                .flatMap(cloud::find);
        switch (reason.name()) {
            case "SnapshotAvailable" -> {
                if (!isHere(recorded)) {
                    // As last seen; nothing can be said of it from here.
                    return;
                }
                assertThat(held)
                        .get()
                        .matches(stored -> !stored.gone && stored.status.equals("available"), "available");
                if (!isImport()) {
                    assertThat(living).containsExactly(held.get());
                }
                if (object.newest().getSpec().name() != null && !neverRenamed && held.get().sentByOperator) {
                    assertThat(held.get().name)
                            .as("its name")
                            .isEqualTo(object.newest().getSpec().name());
                }
                assertThat(object.newest().hasFinalizer(Api.FINALIZER))
                        .as("finalizer")
                        .isTrue();
            }
            case "SnapshotMissing", "DeletingExternally" ->
                assertThat(held).get().matches(stored -> stored.gone, "gone");
            case "SnapshotFailed" -> assertThat(held).get().matches(stored -> stored.status.equals("error"), "error");
            case "CreateOutcomeUnknown" -> assertThat(living).isEmpty();
            case "InvalidRequest", "VolumeNotFound" ->
                assertThat(cloud.anyLate() || living.isEmpty()).isTrue();
            case "LocationMismatch" ->
                assertThat(recorded.intent().orElseThrow().location()).isEqualTo(ELSEWHERE);
            default -> throw new AssertionError("not settled after hours of calm: " + reason);
        }
        var isNamed = reason == SnapshotReason.SnapshotAvailable
                || (reason == SnapshotReason.SnapshotMissing && !isImport() && isHere(recorded));
        if (held.isPresent() && isNamed) {
            var copies = cloud.present().stream()
                    .filter(stored -> stored != held.get() && ours(stored) && stored.location.equals(HOME))
                    .map(stored -> stored.id.value())
                    .sorted()
                    .toList();
            assertThat(object.newest().getStatus().duplicateSnapshotIds().stream()
                            .sorted()
                            .toList())
                    .as("surplus")
                    .isEqualTo(copies);
        }
    }

    /** Whether what was ordered or found lies where the connection leads in the end. */
    private static boolean isHere(RecordedState recorded) {
        return !recorded.snapshot()
                .flatMap(RecordedState.RecordedSnapshot::location)
                .or(() -> recorded.intent().map(CreateIntent::location))
                .equals(Optional.of(ELSEWHERE));
    }

    private void afterDeletion() {
        if (object.current().isPresent()) {
            assertThat(reason()).as("why the object is still there").isIn(reasonsToStay());
            return;
        }
        // Without a finalizer, because a person took it off, nobody is asked.
        if (letGo && !removedByUser && !cloud.anyLate()) {
            assertThat(cloud.living().stream().map(stored -> stored.id + " " + stored.status))
                    .as("what a deleted object left behind")
                    .isEmpty();
            if (kind == Kinds.IMPORT_AND_DELETE && !everRecorded.isEmpty()) {
                assertThat(imported.orElseThrow().gone)
                        .as("that the import is gone")
                        .isTrue();
            }
        }
    }

    private List<Reason> reasonsToStay() {
        var reasons = new ArrayList<Reason>(List.of(SnapshotReason.LocationMismatch));
        if (kind == Kinds.IMPORT_AND_DELETE) {
            reasons.add(SnapshotReason.NotOwned);
        }
        return reasons;
    }

    // ---------------------------------------------------------------- small things

    private Optional<SnapshotId> replaced() {
        return StatusMapper.read(object.newest()).intent().flatMap(CreateIntent::replaces);
    }

    private boolean isImport() {
        return kind == Kinds.IMPORT_AND_KEEP || kind == Kinds.IMPORT_AND_DELETE;
    }

    private boolean ours(ModelCloud.Shelved stored) {
        return UID.equals(stored.metadata.get(OwnershipMarker.PREFIX + "uid"));
    }

    private String foreignName() {
        return tape.once(3) ? "autobk_snapshot_vbs_1" : "theirs";
    }

    private Map<String, String> foreignMarker() {
        return tape.once(3)
                ? Map.of(
                        OwnershipMarker.PREFIX + "uid",
                        "another",
                        OwnershipMarker.PREFIX + "installation",
                        INSTALLATION)
                : Map.of();
    }

    private Reason reason() {
        return StatusMapper.read(object.newest()).reason().orElse(CommonReason.WaitingForBudget);
    }

    private static String asSeen(VolumeSnapshotRequest object) {
        var recorded = StatusMapper.read(object);
        return "v" + object.getMetadata().getResourceVersion() + " "
                + recorded.intent()
                        .map(intent -> intent.createId() + "/" + intent.createCount() + " attempt "
                                + intent.replacementAttempt() + " replaces "
                                + intent.replaces().map(Object::toString).orElse("-") + " answered "
                                + intent.answeredRetryCreate().orElse("-"))
                        .orElse("no intent")
                + ", "
                + recorded.snapshot()
                        .map(recordedSnapshot -> recordedSnapshot.id() + " " + recordedSnapshot.wireState())
                        .orElse("nothing held")
                + ", "
                + recorded.reason().map(Object::toString).orElse("-") + (recorded.isDeleting() ? ", deleting" : "")
                + (recorded.hasFinalizer() ? "" : ", no finalizer") + ", "
                + object.getMetadata().getAnnotations().keySet();
    }

    private VolumeSnapshotRequest request() {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withName("nightly")
                .withNamespace("shop")
                .withUid(UID)
                .withGeneration(1L)
                .withCreationTimestamp(BEGINNING.toString())
                .withAnnotations(new HashMap<>())
                .build());
        request.setSpec(new VolumeSnapshotRequestSpec(
                imported.map(stored -> SnapshotSource.ofSnapshot(stored.id.value()))
                        .orElseGet(() -> SnapshotSource.ofVolume(VOLUME.value())),
                tape.once(3) ? "name-0" : null,
                null,
                null,
                Map.of(),
                kind == Kinds.IMPORT_AND_KEEP ? null : DeletionPolicy.Delete,
                tape.once(3) ? "5m" : "1h",
                tape.once(4) ? "40m" : null,
                kind == Kinds.REPLACE ? FailurePolicy.Replace : null,
                kind == Kinds.REPLACE ? 3 : null,
                null));
        return request;
    }

    void tell(Supplier<String> what) {
        trace.ifPresent(lines -> lines.add(Duration.between(BEGINNING, now).toSeconds() + "s " + what.get()));
    }
}
