/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.api.model.Condition;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.SourceRisk;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import io.snapshotoperator.evs.controller.CreateIntentJson.ParsedIntent;
import io.snapshotoperator.evs.controller.FailedAttempts;
import io.snapshotoperator.evs.controller.StatusTime;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.snapshot.RecordedStateBuilder;
import io.snapshotoperator.evs.snapshot.RecordedStateRecordedSnapshotBuilder;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.snapshot.StatusPatch;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Maps a request to its recorded state, and a status patch to the next status. */
public final class StatusMapper {
    private StatusMapper() {}

    /** Returns what earlier reconciles recorded in this version of the object. */
    static RecordedState read(VolumeSnapshotRequest request) {
        var meta = request.getMetadata();
        var status = status(request);
        var imported = SpecMapper.importedSnapshot(request);
        var intent = imported.isPresent() ? new ParsedIntent.Absent() : CreateIntentJson.read(request);
        return RecordedStateBuilder.builder()
                .identity(identity(request))
                .generation(meta.getGeneration() == null ? 0 : meta.getGeneration())
                .createdAt(StatusTime.parse(meta.getCreationTimestamp()).orElse(Instant.EPOCH))
                .deletionRequestedAt(
                        request.isMarkedForDeletion()
                                ? StatusTime.parse(meta.getDeletionTimestamp()).or(() -> Optional.of(Instant.EPOCH))
                                : Optional.empty())
                .hasFinalizer(request.hasFinalizer(Api.FINALIZER))
                .contentHold(contentHold(request))
                .intent(intent instanceof ParsedIntent.Valid valid ? Optional.of(valid.intent()) : Optional.empty())
                .hasInvalidIntent(intent instanceof ParsedIntent.Invalid)
                // The spec of an import names its snapshot. Another one comes from an edited status.
                .snapshot(snapshot(status)
                        .filter(recorded -> imported.isEmpty() || imported.equals(Optional.of(recorded.id()))))
                .volumeId(id(status.volumeId(), VolumeId::new))
                .replacements(
                        Math.max(0, Optional.ofNullable(status.replacements()).orElse(0)))
                .readyAt(StatusTime.parse(status.readyAt()))
                .failures(FailedAttempts.read(status.failedAttempts()))
                .reason(reason(status.conditions()))
                .duplicates(status.duplicateSnapshotIds().stream()
                        .map(SnapshotId::new)
                        .toList())
                .volumeAtRisk(Optional.ofNullable(status.sourceRisk()).map(SourceRisk::persistentVolumeName))
                .observedGeneration(status.observedGeneration() == null ? -1 : status.observedGeneration())
                .build();
    }

    private static Optional<String> contentHold(VolumeSnapshotRequest request) {
        return request.hasFinalizer(Api.CONTENT_FINALIZER)
                ? Optional.of(Optional.ofNullable(status(request).volumeSnapshotContent())
                        .map(SnapshotContentStatus::message)
                        .orElse(""))
                : Optional.empty();
    }

    static ObjectIdentity identity(VolumeSnapshotRequest request) {
        var meta = request.getMetadata();
        return new ObjectIdentity(meta.getUid(), meta.getNamespace(), meta.getName());
    }

    public static Optional<SnapshotId> recordedId(VolumeSnapshotRequest request) {
        return id(status(request).snapshotId(), SnapshotId::new);
    }

    /** Returns the reason that a request reports, as it is written; empty if it reports none. */
    public static Optional<String> reportedReason(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getStatus()).flatMap(status -> Conditions.readyReason(status.conditions()));
    }

    /** Returns how many other snapshots carry the ownership marker of a request, as it reports them. */
    public static int duplicateCount(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getStatus())
                .map(status -> status.duplicateSnapshotIds().size())
                .orElse(0);
    }

    /** Returns the id of the recorded snapshot and the ids of its duplicates. */
    static List<String> recordedIds(VolumeSnapshotRequest request) {
        var status = status(request);
        return Stream.concat(
                        Stream.ofNullable(status.snapshotId()),
                        Stream.ofNullable(status.duplicateSnapshotIds()).flatMap(List::stream))
                .toList();
    }

    /** Returns the ids of the snapshots that the request imports, records, or lists as duplicates. */
    static List<SnapshotId> referencedIds(VolumeSnapshotRequest request) {
        return Stream.concat(
                        SpecMapper.importedSnapshot(request).stream(),
                        recordedIds(request).stream().map(SnapshotId::new))
                .toList();
    }

    private static Optional<RecordedState.RecordedSnapshot> snapshot(VolumeSnapshotRequestStatus status) {
        return id(status.snapshotId(), SnapshotId::new).map(id -> RecordedStateRecordedSnapshotBuilder.builder()
                .id(id)
                .wireState(Optional.ofNullable(status.snapshotStatus()).orElse(""))
                .location(location(status))
                .volumeId(id(status.volumeId(), VolumeId::new))
                .name(Optional.ofNullable(status.snapshotName()))
                .build());
    }

    private static Optional<CloudLocation> location(VolumeSnapshotRequestStatus status) {
        return status.endpoint() == null || status.projectId() == null
                ? Optional.empty()
                : Optional.of(new CloudLocation(status.endpoint(), status.projectId()));
    }

    private static <T> Optional<T> id(String value, Function<String, T> of) {
        return Optional.ofNullable(value).filter(word -> !word.isBlank()).map(of);
    }

    private static Optional<Reason> reason(List<Condition> conditions) {
        return Conditions.readyReason(conditions).flatMap(SnapshotReason::named);
    }

    /** Returns the status with the patch applied; equal to the current status if the patch changes nothing. */
    static VolumeSnapshotRequestStatus apply(VolumeSnapshotRequest request, StatusPatch statusPatch, Instant now) {
        var before = status(request);
        var generation =
                Optional.ofNullable(request.getMetadata().getGeneration()).orElse(0L);
        var observed = statusPatch.snapshot();
        // An available snapshot that is to be deleted or replaced, or is not owned, does not become ready by that.
        var ready = statusPatch.verdict().reason().phase() == Phase.READY;
        // The patch that records a new id can be applied a second time at the end of the reconcile.
        var another = statusPatch.replaced()
                && observed.filter(snapshot -> !snapshot.id().value().equals(before.snapshotId()))
                        .isPresent();
        var next = VolumeSnapshotRequestStatusBuilder.builder(before)
                .observedGeneration(generation)
                .conditions(Conditions.next(before.conditions(), statusPatch.verdict(), generation, now));
        statusPatch.volumeId().map(VolumeId::value).ifPresent(next::volumeId);
        observed.ifPresent(snapshot -> copy(snapshot, next));
        statusPatch.cloudStatus().ifPresent(next::snapshotStatus);
        statusPatch.location().ifPresent(location -> next.projectId(location.projectId())
                .endpoint(location.endpoint()));
        statusPatch
                .duplicates()
                .ifPresent(ids -> next.duplicateSnapshotIds(
                        ids.stream().map(SnapshotId::value).toList()));
        statusPatch
                .failedAttempt()
                .ifPresent(failure -> next.failedAttempts(FailedAttempts.append(before.failedAttempts(), failure)));
        if (statusPatch.verdict().reason() == SnapshotReason.SnapshotMissing) {
            // What was at risk is lost.
            next.sourceRisk(null);
        }
        if (ready && before.readyAt() == null) {
            next.readyAt(StatusTime.format(now));
        }
        if (another) {
            next.replacements(1 + Optional.ofNullable(before.replacements()).orElse(0));
        }
        return next.build();
    }

    /** Returns the status with the risk of the source; without one if it is empty. */
    static VolumeSnapshotRequestStatus withSourceRisk(VolumeSnapshotRequest request, Optional<SourceRisk> risk) {
        return VolumeSnapshotRequestStatusBuilder.builder(status(request))
                .sourceRisk(risk.orElse(null))
                .build();
    }

    /** Copies what the cloud reports. A value that the response lacks stays as it was. */
    private static void copy(CloudSnapshot snapshot, VolumeSnapshotRequestStatusBuilder status) {
        status.snapshotId(snapshot.id().value()).snapshotStatus(snapshot.wireState());
        snapshot.name().ifPresent(status::snapshotName);
        snapshot.volumeId().map(VolumeId::value).ifPresent(status::volumeId);
        snapshot.sizeGiB().ifPresent(status::sizeGiB);
        snapshot.createdAt().map(StatusTime::format).ifPresent(status::createdAt);
        snapshot.updatedAt().map(StatusTime::format).ifPresent(status::updatedAt);
    }

    static VolumeSnapshotRequestStatus status(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getStatus()).orElseGet(() -> VolumeSnapshotRequestStatusBuilder.builder()
                .observedGeneration(-1L)
                .build());
    }
}
