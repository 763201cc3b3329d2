/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.snapshot.DesiredSnapshot;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.InvariantInputs;
import io.snapshotoperator.evs.testing.SnapshotInvariants;
import io.snapshotoperator.evs.testing.SnapshotInvariants.LivingSnapshot;
import io.snapshotoperator.evs.testing.SnapshotInvariants.RequestState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What must hold in each run of the model: at each mutating call, at each write, and when no more faults occur. */
final class ModelChecks {
    private static final int MAX_FAILED_ATTEMPTS = 5;

    private final LifecycleModel model;
    private final RequestKind kind;
    private final Optional<ModelCloud.StoredSnapshot> imported;
    private final List<LivingSnapshot> foreign = new ArrayList<>();
    private final Set<String> confirmedIntents = new HashSet<>();
    private final Set<String> everRecorded = new HashSet<>();
    private Optional<String> lastRetryCreate = Optional.empty();
    private int deliberateCreates;
    private int statusWrites;
    private boolean finalizerRemoved;
    private boolean keptByUser;
    private boolean everReady;
    private boolean updateFailed;

    /** @param imported the snapshot of an import; empty for the other kinds */
    ModelChecks(LifecycleModel model, RequestKind kind, Optional<ModelCloud.StoredSnapshot> imported) {
        this.model = model;
        this.kind = kind;
        this.imported = imported;
    }

    // ---------------------------------------------------------------- at each mutating call

    void beforeCreate(ModelProcess sender, CreateSnapshotRequest request, CloudLocation location) {
        var desired = desired(sender.observed());
        assertThat(desired.paused()).as("paused").isFalse();
        assertThat(desired.isImport()).as("an import").isFalse();
        var written = StatusMapper.read(sender.store()
                .written()
                .orElseThrow(() -> new AssertionError("a create request without a create intent")));
        var intent = written.intent().orElseThrow();
        assertThat(request.metadata()).containsEntry(SnapshotInvariants.CREATE_ID, intent.createId());
        assertThat(confirmedIntents).as("the confirmed create intents").contains(intent.createId());
        assertThat(request.metadata()).containsKeys(SnapshotInvariants.MARKER.toArray(String[]::new));
        assertThat(request.volumeId()).isEqualTo(intent.volumeId()).isEqualTo(LifecycleModel.VOLUME);
        assertThat(intent.location()).isEqualTo(location);
        if (model.isForged()) {
            return;
        }
        var recorded = StatusMapper.read(sender.observed());
        recorded.intent()
                .filter(before -> before.at()
                                .plus(LifecycleModel.RETRY_POLICY.outcomeProvableFor())
                                .isBefore(sender.reconcileStartedAt())
                        && !recorded.lastCreateOutcomeIsRecorded()
                        && neverRecorded(before.createId()))
                .ifPresent(before -> {
                    assertThat(desired.retryCreate())
                            .as("the user's answer to an unknown outcome")
                            .isPresent()
                            .isNotEqualTo(lastRetryCreate);
                    lastRetryCreate = desired.retryCreate();
                    deliberateCreates++;
                    model.reached("a deliberate create after an unknown outcome");
                });
    }

    void beforeDelete(ModelProcess sender, ModelCloud.StoredSnapshot target) {
        var desired = desired(sender.observed());
        var deleting = sender.observed().isMarkedForDeletion();
        assertThat(desired.paused()).as("paused").isFalse();
        assertThat(desired.abandon() && deleting).as("abandoned").isFalse();
        if (model.isForged() && isOwned(target)) {
            return;
        }
        if (target.sentByOperator || isOwned(target)) {
            if (deleting) {
                assertThat(desired.deletionPolicy()).isEqualTo(DesiredSnapshot.DeletionPolicy.DELETE);
            } else {
                beforeDeleteForLivingRequest(target, sender.store().readLast());
            }
        } else {
            assertThat(kind).as("what deletes a foreign snapshot").isEqualTo(RequestKind.IMPORT_AND_DELETE);
            assertThat(imported).contains(target);
            assertThat(deleting).isTrue();
            assertThat(target.metadata).as("the marker of another request").doesNotContainKey(SnapshotInvariants.UID);
            assertThat(target.name).as("the name of a backup").doesNotStartWith("autobk_snapshot_");
        }
    }

    /** @param duplicate whether the operator deletes a duplicate: only then does it read the request just before */
    private void beforeDeleteForLivingRequest(ModelCloud.StoredSnapshot target, boolean duplicate) {
        var newest = StatusMapper.read(model.object().newest());
        var recorded = newest.snapshot().map(RecordedState.RecordedSnapshot::id);
        if (duplicate) {
            model.reached("a duplicate is deleted");
            assertThat(recorded).as("the snapshot that is kept").isPresent().isNotEqualTo(Optional.of(target.id));
            assertThat(model.cloud().find(recorded.get()).orElseThrow().createId())
                    .as("the create id of the snapshot that is kept")
                    .isNotEqualTo(target.createId());
            return;
        }
        model.reached("a failed snapshot is deleted to be replaced");
        assertThat(kind).as("what deletes the recorded snapshot").isEqualTo(RequestKind.REPLACE);
        assertThat(recorded.equals(Optional.of(target.id)) || replaced().equals(Optional.of(target.id)))
                .as("whether %s is recorded", target.id)
                .isTrue();
        assertThat(newest.readyAt()).as("when it was ready").isEmpty();
        assertThat(target.deletedByOperator || target.status.equals("error"))
                .as("whether it failed: %s", target.status)
                .isTrue();
    }

    void beforeUpdate(ModelProcess sender, ModelCloud.StoredSnapshot target) {
        assertThat(desired(sender.observed()).paused()).as("paused").isFalse();
        assertThat(target.sentByOperator || !target.metadata.containsKey(SnapshotInvariants.UID))
                .as("whether the updated snapshot belongs to no other request")
                .isTrue();
    }

    /** A rejected update is not repeated before the spec changes, so the name in the cloud can stay as it is. */
    void onUpdateFailed() {
        updateFailed = true;
    }

    // ---------------------------------------------------------------- at each write

    void onIntentConfirmed(VolumeSnapshotRequest written) {
        StatusMapper.read(written).intent().map(CreateIntent::createId).ifPresent(confirmedIntents::add);
    }

    void beforeFinalizerRemoval(VolumeSnapshotRequest observed) {
        if (!model.isForged() && !mayKeepSnapshot(observed) && !model.cloud().anyLate()) {
            assertHolds("when the finalizer is removed", ofOperator().noLivingSnapshot(request()));
            assertThat(model.cloud().isQuiet())
                    .as("whether no create request is on its way when the finalizer is removed")
                    .isTrue();
        }
    }

    void onFinalizerRemoved(VolumeSnapshotRequest observed) {
        model.reached("the operator removes the finalizer");
        finalizerRemoved = true;
        keptByUser |= mayKeepSnapshot(observed);
    }

    private static boolean mayKeepSnapshot(VolumeSnapshotRequest observed) {
        var desired = desired(observed);
        return desired.abandon() || desired.deletionPolicy() == DesiredSnapshot.DeletionPolicy.RETAIN;
    }

    void onStatusWritten(ModelProcess writer, VolumeSnapshotRequest written) {
        statusWrites++;
        var status = written.getStatus();
        var reason = reason();
        model.trace(() -> "    wrote " + reason + " id=" + status.snapshotId() + " state=" + status.snapshotStatus()
                + " readyAt=" + status.readyAt());
        model.reached(reason.name());
        if (status.snapshotId() != null) {
            everRecorded.add(status.snapshotId());
        }
        isReadyOnlyWhenAvailable(writer, written);
        if (model.isForged()) {
            return;
        }
        staysReadyWhileAvailable(writer, written);
        if (reason == SnapshotReason.CreateOutcomeUnknown) {
            checkCreateOutcomeUnknown(StatusMapper.read(written));
        }
        if (reason == SnapshotReason.SnapshotMissing) {
            assertThat(model.cloud().find(new SnapshotId(status.snapshotId())))
                    .get()
                    .matches(snapshot -> snapshot.gone, "gone");
        }
        assertThat(status.failedAttempts()).hasSizeLessThanOrEqualTo(MAX_FAILED_ATTEMPTS);
    }

    private void isReadyOnlyWhenAvailable(ModelProcess writer, VolumeSnapshotRequest written) {
        var status = written.getStatus();
        if (isReady(written)) {
            everReady = true;
            var seen = writer.lastState(status.snapshotId());
            assertHolds(
                    "the last observation: " + seen,
                    SnapshotInvariants.readyOnlyWhenAvailable(
                            request(), seen.equals("available") || writer.justReadAvailable(status.snapshotId())));
        }
        assertThat(status.readyAt() == null || everReady)
                .as("whether the request was ready when readyAt (%s) was written", status.readyAt())
                .isTrue();
    }

    /** A process that paused can write what it learned before the other processes observed more. */
    private void staysReadyWhileAvailable(ModelProcess writer, VolumeSnapshotRequest written) {
        var before = model.object().earlier(1);
        if (isReady(before) && !written.isMarkedForDeletion() && writer.isLeader()) {
            assertThat(isReady(written)
                            || !writer.lastState(before.getStatus().snapshotId())
                                    .equals("available"))
                    .as("whether an available snapshot stays ready, and is not %s", reason())
                    .isTrue();
        }
    }

    private void checkCreateOutcomeUnknown(RecordedState recorded) {
        var intent = recorded.intent().orElseThrow();
        assertThat(intent.at().plus(LifecycleModel.RETRY_POLICY.outcomeProvableFor()))
                .isBeforeOrEqualTo(model.now());
        assertThat(recorded.lastCreateOutcomeIsRecorded())
                .as("whether the outcome of the create request is recorded")
                .isFalse();
        assertThat(neverRecorded(intent.createId()))
                .as("whether the snapshot of %s was never recorded", intent.createId())
                .isTrue();
    }

    private boolean neverRecorded(String createId) {
        return everRecorded.stream()
                .flatMap(id -> model.cloud().find(new SnapshotId(id)).stream())
                .noneMatch(snapshot -> snapshot.createId().equals(createId));
    }

    // ---------------------------------------------------------------- when no more faults occur

    int statusWrites() {
        return statusWrites;
    }

    /** Checks a request that is not deleted and changes no more. */
    void settled() {
        var recorded = StatusMapper.read(model.object().newest());
        var reason = reason();
        var living = model.cloud().living();
        model.trace(() -> "settled: " + reason + ", living " + living);
        model.reached("settled: " + reason);
        always();
        if (!kind.isImport()) {
            createdOnce(recorded, reason);
        }
        var stored = recorded.snapshot().map(RecordedState.RecordedSnapshot::id).flatMap(model.cloud()::find);
        switch (reason.name()) {
            case "SnapshotAvailable" -> {
                if (!isHere(recorded)) {
                    // As observed last: this connection leads to another location and shows nothing of the snapshot.
                    return;
                }
                settledAvailable(stored);
            }
            case "SnapshotMissing", "DeletingExternally" ->
                assertThat(stored).get().matches(snapshot -> snapshot.gone, "gone");
            case "SnapshotFailed" ->
                assertThat(stored).get().matches(snapshot -> snapshot.status.equals("error"), "error");
            case "CreateOutcomeUnknown" ->
                assertHolds("without a known outcome", ofOperator().noLivingSnapshot(request()));
            case "InvalidRequest", "VolumeNotFound" ->
                assertThat(model.cloud().anyLate() || living.isEmpty()).isTrue();
            case "LocationMismatch" ->
                assertThat(recorded.intent().orElseThrow().location()).isEqualTo(LifecycleModel.OTHER_LOCATION);
            default -> throw new AssertionError("not settled after hours without faults: " + reason);
        }
        var isListed = reason == SnapshotReason.SnapshotAvailable
                || (reason == SnapshotReason.SnapshotMissing && !kind.isImport() && isHere(recorded));
        if (stored.isPresent() && isListed) {
            assertHolds("when settled", atHome().duplicatesListed(request()));
        }
    }

    private void createdOnce(RecordedState recorded, Reason reason) {
        var living = model.cloud().living();
        // The status lists a late duplicate of a missing snapshot. It is deleted with the request.
        if (isHere(recorded)
                && (reason != SnapshotReason.SnapshotMissing || !model.cloud().anyLate())) {
            assertThat(living).as("living snapshots").hasSizeLessThanOrEqualTo(1);
        }
        assertThat(model.cloud().created().size())
                .as("executed create requests")
                .isLessThanOrEqualTo(
                        (kind == RequestKind.REPLACE ? 3 : 1) + model.cloud().lateCount() + deliberateCreates);
        assertHolds("when settled", ofOperator().createdOnce(request(), deliberateCreates));
        assertHolds("when settled", ofOperator().recordsOneId(request(), everRecorded));
    }

    private void settledAvailable(Optional<ModelCloud.StoredSnapshot> stored) {
        var newest = model.object().newest();
        assertThat(stored)
                .get()
                .matches(snapshot -> !snapshot.gone && snapshot.status.equals("available"), "available");
        if (!kind.isImport()) {
            assertHolds("when settled", ofOperator().oneLivingSnapshot(request()));
        }
        if (newest.getSpec().name() != null && !updateFailed && stored.get().sentByOperator) {
            assertThat(stored.get().name)
                    .as("its name")
                    .isEqualTo(newest.getSpec().name());
        }
        assertThat(newest.hasFinalizer(Api.FINALIZER)).as("finalizer").isTrue();
    }

    /** Checks a request that is deleted, or that waits for its deletion. */
    void afterDeletion() {
        always();
        if (model.object().current().isPresent()) {
            stays();
            return;
        }
        model.reached("the request is gone");
        // If a user removed the finalizer, the operator deletes nothing.
        if (finalizerRemoved && !keptByUser && !model.cloud().anyLate()) {
            assertHolds("after the deletion", ofOperator().noLivingSnapshot(request()));
            if (kind == RequestKind.IMPORT_AND_DELETE && !everRecorded.isEmpty()) {
                assertThat(imported.orElseThrow().gone)
                        .as("whether the imported snapshot is gone")
                        .isTrue();
            }
        }
    }

    /** Checks why a deleted request still exists. */
    void stays() {
        var reasons = new ArrayList<Reason>(List.of(SnapshotReason.LocationMismatch));
        if (kind == RequestKind.IMPORT_AND_DELETE) {
            reasons.add(SnapshotReason.NotOwned);
        }
        model.reached("the deleted request stays: " + reason());
        assertThat(reason()).as("why the request still exists").isIn(reasons);
    }

    /** The user forged annotations. Whatever the operator then did, it changed only what the spec of the request names. */
    void nothingOfOthersChanged() {
        assertHolds("whatever the annotations say", atHome().foreignUnchanged(foreign));
        assertThat(model.cloud().created())
                .as("created snapshots")
                .allMatch(snapshot -> snapshot.volume.equals(LifecycleModel.VOLUME));
    }

    private void always() {
        assertHolds("always", ofOperator().noCreateExecutedTwice(request()));
        assertHolds("always", ofOperator().createdOnlyAfterIntent(request(), confirmedIntents::contains));
        assertHolds("always", ofOperator().remainingAreMarked(request()));
        assertHolds("always", atHome().foreignUnchanged(foreign));
    }

    // ---------------------------------------------------------------- helpers

    /** From now on this snapshot must stay as it is. */
    void mustNotChange(ModelCloud.StoredSnapshot snapshot) {
        foreign.add(snapshot.toLiving());
    }

    Optional<SnapshotId> replaced() {
        return StatusMapper.read(model.object().newest()).intent().flatMap(CreateIntent::replaces);
    }

    Reason reason() {
        return StatusMapper.read(model.object().newest()).reason().orElse(CommonReason.WaitingForBudget);
    }

    /** Returns whether the snapshot was created or found in the location of the connection at the end of the run. */
    private static boolean isHere(RecordedState recorded) {
        return !recorded.snapshot()
                .flatMap(RecordedState.RecordedSnapshot::location)
                .or(() -> recorded.intent().map(CreateIntent::location))
                .equals(Optional.of(LifecycleModel.OTHER_LOCATION));
    }

    /** The snapshots that the create requests of the operator created, without copies of their markers. */
    private SnapshotInvariants ofOperator() {
        return invariants(model.cloud().living());
    }

    private SnapshotInvariants atHome() {
        return invariants(model.cloud().present().stream()
                .filter(snapshot -> snapshot.location.equals(LifecycleModel.LOCATION))
                .toList());
    }

    private SnapshotInvariants invariants(List<ModelCloud.StoredSnapshot> living) {
        return new SnapshotInvariants(
                living.stream().map(ModelCloud.StoredSnapshot::toLiving).toList(),
                model.cloud().created().stream()
                        .map(ModelCloud.StoredSnapshot::toExecutedCreate)
                        .toList());
    }

    private RequestState request() {
        var newest = model.object().newest();
        return InvariantInputs.request(newest.getMetadata().getName(), newest);
    }

    private static boolean isOwned(ModelCloud.StoredSnapshot snapshot) {
        return LifecycleModel.UID.equals(snapshot.metadata.get(OwnershipMarker.PREFIX + "uid"));
    }

    private static DesiredSnapshot desired(VolumeSnapshotRequest request) {
        return ((SpecMapper.ParsedSpec.Valid) SpecMapper.parse(request)).desired();
    }

    private static boolean isReady(VolumeSnapshotRequest request) {
        return InvariantInputs.isTrue(request, "Ready");
    }

    private static void assertHolds(String when, List<String> violations) {
        assertThat(violations.stream().collect(Collectors.joining("; ")))
                .as(when)
                .isEmpty();
    }
}
