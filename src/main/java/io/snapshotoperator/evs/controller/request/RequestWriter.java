/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.ApiServerException;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.ResourceStore;
import io.snapshotoperator.evs.controller.ResourceWriter;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.snapshot.Decision;
import io.snapshotoperator.evs.snapshot.StatusPatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes decisions into one request during one reconcile. Not for use by several threads. */
final class RequestWriter {
    private final ResourceWriter<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> writer;
    private final RequestLog log;
    private final Instant now;
    private Optional<SnapshotId> unrecorded = Optional.empty();

    RequestWriter(
            VolumeSnapshotRequest request,
            ResourceStore<VolumeSnapshotRequest> store,
            EventRecorder events,
            Instant now) {
        this.writer = new ResourceWriter<>(request, store, events, now);
        this.log = new RequestLog(request);
        this.now = now;
    }

    /** Returns the writer of the object, for what another package writes during the same reconcile. */
    ResourceWriter<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> resource() {
        return writer;
    }

    RequestLog log() {
        return log;
    }

    /** Returns the version that was read or written last. */
    VolumeSnapshotRequest request() {
        return writer.resource();
    }

    ResourceID id() {
        return writer.id();
    }

    /** Whether the current version reports this reason. */
    boolean reports(Reason reason) {
        return StatusMapper.read(request()).reasonIs(reason);
    }

    /** Writes the create intent as {@link ResourceWriter#writeIntent} does. */
    boolean writeIntent(CreateIntent intent) {
        return writer.writeIntent(intent);
    }

    /** Reads the request again. Returns whether it is the same object and still records this snapshot. */
    boolean refreshIfStillRecords(SnapshotId recorded) {
        return writer.refreshIf(current -> StatusMapper.recordedId(current).equals(Optional.of(recorded)));
    }

    /** Returns those of the snapshots that other requests import, record, or list as duplicates. */
    Set<SnapshotId> usedByOthers(Collection<SnapshotId> snapshots) {
        return snapshots.isEmpty()
                ? Set.of()
                : writer.others()
                        .flatMap(other -> StatusMapper.referencedIds(other).stream())
                        .filter(snapshots::contains)
                        .collect(Collectors.toSet());
    }

    void addFinalizer() {
        writer.addFinalizer();
        log.finalizerAdded();
    }

    /** Removes the finalizer and then records an event if there is a reason for one. */
    void removeFinalizer(Optional<Reason> eventReason) {
        if (writer.removeFinalizer(eventReason.map(reason -> Verdict.of(reason, describeRemaining())))) {
            log.finalizerRemoved(eventReason);
        }
    }

    /** See {@link ResourceWriter#createDidNothing}. */
    void createDidNothing() {
        writer.createDidNothing();
    }

    /** See {@link ResourceWriter#reportIfRemovedDuringCreate}. */
    boolean reportIfRemovedDuringCreate() {
        return writer.reportIfRemovedDuringCreate(this::describeRemaining);
    }

    /** Describes what stays in the cloud as far as it is known, also if the create intent of the request is invalid. */
    private String describeRemaining() {
        var left = Stream.concat(
                        unrecorded.stream().map(SnapshotId::value), StatusMapper.recordedIds(request()).stream())
                .distinct()
                .toList();
        if (!left.isEmpty()) {
            return "Left in the cloud: " + String.join(", ", left) + ".";
        }
        return CreateIntentJson.textOn(request())
                .map(intent -> "A create request may have been sent. Its snapshot has the UID "
                        + request().getMetadata().getUid() + " in its marker, and the command orphans lists it.")
                .orElse("");
    }

    /** Deletes the request if it did not change since it was read. */
    void deleteRequest(Optional<Verdict> event) {
        writer.delete(event);
        log.requestDeleted();
    }

    /** Writes only a verdict. Returns the decision to reconcile again later. */
    Decision patchStatus(Verdict verdict, Duration retryAfter) {
        var decision = new Decision(
                new Action.None(), Optional.of(StatusPatch.of(verdict)), Optional.of(retryAfter), Optional.empty());
        patchStatus(decision);
        return decision;
    }

    /** Writes the status if the decision changes it, then records the event of the decision. */
    void patchStatus(Decision decision) {
        decision.statusPatch().ifPresent(patch -> writer.patchStatus(next(patch)));
        decision.event().ifPresent(writer::recordEvent);
    }

    /**
     * Writes the status that records a new snapshot, as {@link ResourceWriter#recordId} does.
     *
     * @param replaced the recorded snapshot that the new one replaces
     */
    void recordId(Decision decision, SnapshotId created, Optional<SnapshotId> replaced) {
        try {
            decision.statusPatch()
                    .ifPresent(patch -> writer.recordId(next(patch), current -> StatusMapper.recordedId(current)
                            .filter(id -> !id.equals(created) && !replaced.equals(Optional.of(id)))
                            .isPresent()));
        } catch (KubernetesClientException rejected) {
            unrecorded = Optional.of(created);
            log.idNotRecorded(created, ApiServerException.describe(rejected));
            throw rejected;
        }
    }

    private Function<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> next(StatusPatch patch) {
        return current -> StatusMapper.apply(current, patch, now);
    }
}
