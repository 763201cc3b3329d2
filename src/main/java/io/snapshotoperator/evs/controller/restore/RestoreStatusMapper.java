/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatus;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatusBuilder;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import io.snapshotoperator.evs.controller.CreateIntentJson.ParsedIntent;
import io.snapshotoperator.evs.controller.FailedAttempts;
import io.snapshotoperator.evs.controller.StatusTime;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.restore.RecordedRestore;
import io.snapshotoperator.evs.restore.RecordedRestoreBuilder;
import io.snapshotoperator.evs.restore.RestorePatch;
import io.snapshotoperator.evs.restore.RestoreReason;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** Maps a restore to its recorded state, and a status patch to the next status. */
public final class RestoreStatusMapper {
    private RestoreStatusMapper() {}

    /** Returns what earlier reconciles recorded in this version of the object. */
    static RecordedRestore read(VolumeSnapshotRestore restore) {
        var meta = restore.getMetadata();
        var status = status(restore);
        var intent = CreateIntentJson.read(restore);
        return RecordedRestoreBuilder.builder()
                .identity(new ObjectIdentity(meta.getUid(), meta.getNamespace(), meta.getName()))
                .generation(meta.getGeneration() == null ? 0 : meta.getGeneration())
                .createdAt(StatusTime.parse(meta.getCreationTimestamp()).orElse(Instant.EPOCH))
                .deletionRequestedAt(
                        restore.isMarkedForDeletion()
                                ? StatusTime.parse(meta.getDeletionTimestamp()).or(() -> Optional.of(Instant.EPOCH))
                                : Optional.empty())
                .hasFinalizer(restore.hasFinalizer(Api.FINALIZER))
                .intent(intent instanceof ParsedIntent.Valid valid ? Optional.of(valid.intent()) : Optional.empty())
                .hasInvalidIntent(intent instanceof ParsedIntent.Invalid)
                .snapshotId(id(status.snapshotId(), SnapshotId::new))
                .jobId(id(status.jobId(), JobId::new))
                .volumeId(id(status.volumeId(), VolumeId::new))
                .location(
                        status.endpoint() == null || status.projectId() == null
                                ? Optional.empty()
                                : Optional.of(new CloudLocation(status.endpoint(), status.projectId())))
                .readyAt(StatusTime.parse(status.readyAt()))
                .failures(FailedAttempts.read(status.failedAttempts()))
                .reason(reportedReason(restore).flatMap(RestoreReason::named))
                .duplicates(
                        status.duplicateVolumeIds().stream().map(VolumeId::new).toList())
                .observedGeneration(status.observedGeneration() == null ? -1 : status.observedGeneration())
                .build();
    }

    private static <T> Optional<T> id(String value, Function<String, T> of) {
        return Optional.ofNullable(value).filter(word -> !word.isBlank()).map(of);
    }

    /** Returns whether the operator has written anything to the restore. */
    public static boolean hasOperatorState(VolumeSnapshotRestore restore) {
        return restore.hasFinalizer(Api.FINALIZER)
                || status(restore).volumeId() != null
                || status(restore).jobId() != null
                || CreateIntentJson.textOn(restore).isPresent();
    }

    /** Returns the reason that a restore reports, as it is written; empty if it reports none. */
    public static Optional<String> reportedReason(VolumeSnapshotRestore restore) {
        return Optional.ofNullable(restore.getStatus()).flatMap(status -> Conditions.readyReason(status.conditions()));
    }

    static Optional<VolumeId> recordedVolume(VolumeSnapshotRestore restore) {
        return id(status(restore).volumeId(), VolumeId::new);
    }

    /** Returns the status with the patch applied; equal to the current status if the patch changes nothing. */
    static VolumeSnapshotRestoreStatus apply(VolumeSnapshotRestore restore, RestorePatch patch, Instant now) {
        var before = status(restore);
        var generation =
                Optional.ofNullable(restore.getMetadata().getGeneration()).orElse(0L);
        var next = VolumeSnapshotRestoreStatusBuilder.builder(before)
                .observedGeneration(generation)
                .conditions(Conditions.next(before.conditions(), patch.verdict(), generation, now));
        patch.snapshotId().map(SnapshotId::value).ifPresent(next::snapshotId);
        if (patch.jobEnded()) {
            next.jobId(null);
        }
        patch.jobId().map(JobId::value).ifPresent(next::jobId);
        patch.volume().ifPresent(volume -> copy(volume, next));
        patch.location()
                .ifPresent(location -> next.projectId(location.projectId()).endpoint(location.endpoint()));
        patch.duplicates()
                .ifPresent(ids -> next.duplicateVolumeIds(
                        ids.stream().map(VolumeId::value).toList()));
        patch.failedAttempt()
                .ifPresent(failure -> next.failedAttempts(FailedAttempts.append(before.failedAttempts(), failure)));
        if (patch.verdict().reason().phase() == Phase.READY && before.readyAt() == null) {
            next.readyAt(StatusTime.format(now));
        }
        return next.build();
    }

    /** Returns the status that records the objects of {@code spec.persistentVolumeClaim}. */
    static VolumeSnapshotRestoreStatus withClaim(VolumeSnapshotRestore restore, String volumeName, String claimName) {
        return VolumeSnapshotRestoreStatusBuilder.builder(status(restore))
                .persistentVolumeName(volumeName)
                .persistentVolumeClaimName(claimName)
                .claimMessage(null)
                .build();
    }

    /** Returns the status that says why there is no claim. */
    static VolumeSnapshotRestoreStatus withoutClaim(VolumeSnapshotRestore restore, String message) {
        return VolumeSnapshotRestoreStatusBuilder.builder(status(restore))
                .claimMessage(message)
                .build();
    }

    /** Copies what the cloud reports. A value that the response lacks stays as it was. */
    private static void copy(CloudVolume volume, VolumeSnapshotRestoreStatusBuilder status) {
        status.volumeId(volume.id().value()).volumeStatus(volume.wireState());
        volume.sizeGiB().ifPresent(status::sizeGiB);
        volume.availabilityZone().ifPresent(status::availabilityZone);
        volume.volumeType().ifPresent(status::volumeType);
        volume.snapshotId().map(SnapshotId::value).ifPresent(status::snapshotId);
    }

    static VolumeSnapshotRestoreStatus status(VolumeSnapshotRestore restore) {
        return Optional.ofNullable(restore.getStatus()).orElseGet(() -> VolumeSnapshotRestoreStatusBuilder.builder()
                .observedGeneration(-1L)
                .build());
    }
}
