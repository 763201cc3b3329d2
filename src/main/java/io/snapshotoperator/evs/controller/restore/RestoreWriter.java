/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatus;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.ApiServerException;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.ResourceStore;
import io.snapshotoperator.evs.controller.ResourceWriter;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.restore.RestoreDecision;
import io.snapshotoperator.evs.restore.RestorePatch;
import io.snapshotoperator.evs.restore.RestoreReason;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes decisions into one restore during one reconcile. Not for use by several threads. */
final class RestoreWriter {
    private final ResourceWriter<VolumeSnapshotRestore, VolumeSnapshotRestoreStatus> writer;
    private final RestoreLog log;
    private final Instant now;
    private Optional<RestorePatch> unrecorded = Optional.empty();

    RestoreWriter(
            VolumeSnapshotRestore restore,
            ResourceStore<VolumeSnapshotRestore> store,
            EventRecorder events,
            Instant now) {
        this.writer = new ResourceWriter<>(restore, store, events, now);
        this.log = new RestoreLog(restore);
        this.now = now;
    }

    RestoreLog log() {
        return log;
    }

    /** Returns the version that was read or written last. */
    VolumeSnapshotRestore restore() {
        return writer.resource();
    }

    /** Writes the create intent as {@link ResourceWriter#writeIntent} does. Returns empty if nothing was written. */
    Optional<VolumeSnapshotRestore> writeIntent(CreateIntent intent) {
        return writer.writeIntent(intent) ? Optional.of(writer.resource()) : Optional.empty();
    }

    /**
     * Reads the restore again. Returns whether it is the same object, records the same volume as {@code before},
     * and still allows to delete a volume: the user has not paused it, and the volume of a restore that is being
     * deleted is neither retained nor abandoned.
     */
    boolean refreshIfStillDeletes(VolumeSnapshotRestore before) {
        var recorded = RestoreStatusMapper.recordedVolume(before);
        return writer.refreshIf(
                current -> RestoreStatusMapper.recordedVolume(current).equals(recorded)
                        && current.isMarkedForDeletion() == before.isMarkedForDeletion()
                        && !RestoreSpecMapper.isPaused(current)
                        && (!current.isMarkedForDeletion() || !RestoreSpecMapper.keepsVolume(current)));
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

    /** Describes what stays in the cloud as far as it is known. */
    private String describeRemaining() {
        var status = unrecorded
                .map(patch -> RestoreStatusMapper.apply(restore(), patch, now))
                .orElseGet(() -> RestoreStatusMapper.status(restore()));
        var left = Stream.concat(
                        Stream.ofNullable(status.volumeId()).map(id -> "volume " + id),
                        Stream.concat(
                                status.duplicateVolumeIds().stream().map(id -> "volume " + id),
                                Stream.concat(
                                        Stream.ofNullable(status.jobId()).map(id -> "the volume of job " + id),
                                        persistentVolume(status))))
                .collect(Collectors.joining(", "));
        if (!left.isEmpty()) {
            return "Left in the cloud: " + left + ".";
        }
        return CreateIntentJson.textOn(restore()).isPresent()
                        || RestoreStatusMapper.read(restore()).mayHaveVolume()
                ? "A create request may have been sent. Its volume has the UID "
                        + restore().getMetadata().getUid() + " in its metadata."
                : "";
    }

    /**
     * The PersistentVolume can exist without the claim: then only the message about the claim names it. If the API
     * server did not respond, or the write of the status failed, there is no message either.
     */
    private Stream<String> persistentVolume(VolumeSnapshotRestoreStatus status) {
        var name = ClaimManifests.volumeName(restore());
        var isNamed = name.equals(status.persistentVolumeName())
                || (status.claimMessage() != null && status.claimMessage().contains(name));
        if (isNamed) {
            return Stream.of("PersistentVolume " + name);
        }
        var mayExist = restore().getSpec() != null
                && restore().getSpec().persistentVolumeClaim() != null
                && status.readyAt() != null
                && status.persistentVolumeName() == null
                && status.claimMessage() == null;
        return mayExist ? Stream.of("PersistentVolume " + name + ", if it was created") : Stream.empty();
    }

    /** Writes the status if the decision changes it, then records the event of the decision. */
    void patchStatus(RestoreDecision decision) {
        decision.statusPatch()
                .ifPresent(patch -> writer.patchStatus(current -> RestoreStatusMapper.apply(current, patch, now)));
        decision.event().ifPresent(writer::recordEvent);
    }

    /** Records the PersistentVolume and the claim, and then the event. */
    void recordClaim(String volumeName, String claimName) {
        writer.patchStatus(current -> RestoreStatusMapper.withClaim(current, volumeName, claimName));
        writer.recordEvent(Verdict.of(
                RestoreReason.ClaimCreated,
                "They are PersistentVolume " + volumeName + " and claim " + claimName + "."));
        log.claimCreated(volumeName, claimName);
    }

    /** Records why there is no claim. Only the first one is an event. */
    void recordNoClaim(String message) {
        var isFirst = RestoreStatusMapper.status(restore()).claimMessage() == null;
        if (writer.patchStatus(current -> RestoreStatusMapper.withoutClaim(current, message))) {
            log.claimNotCreated(message);
        }
        if (isFirst) {
            writer.recordEvent(Verdict.of(RestoreReason.ClaimNotCreated, message));
        }
    }

    /** Writes the status that records a new job or volume, as {@link ResourceWriter#recordId} does. */
    void recordCreated(RestoreDecision decision) {
        var patch = decision.statusPatch().orElseThrow();
        try {
            writer.recordId(
                    current -> RestoreStatusMapper.apply(current, patch, now),
                    current -> RestoreStatusMapper.status(current).volumeId() != null
                            || RestoreStatusMapper.status(current).jobId() != null);
        } catch (KubernetesClientException rejected) {
            unrecorded = Optional.of(patch);
            log.idNotRecorded(patch, ApiServerException.describe(rejected));
            throw rejected;
        }
    }
}
