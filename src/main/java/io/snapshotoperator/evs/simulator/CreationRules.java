/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.List;
import java.util.Set;

/** Decides whether the cloud creates or deletes a snapshot, and throws the error of the cloud if it does not. */
final class CreationRules {

    private static final Set<String> DELETABLE = Set.of("available", "error");

    private final SimulatorSettings.Limits limits;
    private final SimulatorSettings.BehaviorOptions behavior;
    private final SnapshotStore snapshots;
    private final VolumeStore volumes;

    CreationRules(
            SimulatorSettings.Limits limits,
            SimulatorSettings.BehaviorOptions behavior,
            SnapshotStore snapshots,
            VolumeStore volumes) {
        this.limits = limits;
        this.behavior = behavior;
        this.snapshots = snapshots;
        this.volumes = volumes;
    }

    /** Cinder 12.0.0 cinder/volume/api.py create_snapshot_in_db: first the state of the volume, then the quotas. */
    void check(CreateSnapshotBody body, Volume volume) {
        checkState(body, volume);
        checkCap(volume);
        checkQuotas(volume);
    }

    /** EVS API reference: error_codes EVS.1047, EVS.2019; Cinder 12.0.0 cinder/volume/api.py delete_snapshot. */
    void checkDeletable(Snapshot snapshot) {
        if (DELETABLE.contains(snapshot.status())) {
            return;
        }
        var cinder = "Invalid snapshot: Snapshot status must be available or error and must not be part of a group.";
        if ("error_deleting".equals(snapshot.status())) {
            throw ApiErrorException.ofEvs(500, "EVS.2019", "snapshot is error_deleting!", cinder)
                    .withCinderStatus(400);
        }
        throw ApiErrorException.ofEvs(
                400, "EVS.1047", "snapshot status must be available or error when delete snapshot!", cinder);
    }

    QuotaUse use(String projectId) {
        var ofProject = volumes.ofProject(projectId);
        var volumeGigabytes = ofProject.stream().mapToLong(Volume::sizeGib).sum();
        return new QuotaUse(
                ofProject.size(), snapshots.countOf(projectId), volumeGigabytes + snapshots.gigabytesOf(projectId));
    }

    private void checkState(CreateSnapshotBody body, Volume volume) {
        var allowed = body.force() ? List.of("available", "in-use") : List.of("available");
        var attachingIsEnough =
                body.force() && behavior.attachingIsEnoughWithForce() && "attaching".equals(volume.status());
        if (!allowed.contains(volume.status()) && !attachingIsEnough) {
            throw ApiErrorException.badRequest("Invalid volume: Volume %s status must be %s, but current status is: %s."
                    .formatted(volume.id(), String.join(", ", allowed), volume.status()));
        }
    }

    /** User manual: creating_an_evs_snapshot names the number. The error is not documented, so it is guessed. */
    private void checkCap(Volume volume) {
        var manual = snapshots.ofVolume(volume.id()).stream()
                .filter(snapshot -> !snapshot.belongsToBackup())
                .count();
        if (manual >= limits.manualSnapshotsPerVolume()) {
            var message =
                    "Maximum number of snapshots allowed (%d) exceeded".formatted(limits.manualSnapshotsPerVolume());
            var error = ApiErrorException.ofEvs(limits.capStatus(), limits.capCode(), message, message);
            throw limits.capStatus() == 413 ? error.withHeader("Retry-After", "0") : error;
        }
    }

    /** Cinder 12.0.0 cinder/exception.py SnapshotLimitExceeded, VolumeSizeExceedsAvailableQuota. */
    private void checkQuotas(Volume volume) {
        if (limits.snapshots() >= 0 && snapshots.countOf(volume.projectId()) >= limits.snapshots()) {
            throw ApiErrorException.overLimit(
                    "Maximum number of snapshots allowed (%d) exceeded".formatted(limits.snapshots()));
        }
        if (limits.gigabytes() < 0) {
            return;
        }
        var consumed = use(volume.projectId()).gigabytes();
        if (consumed + volume.sizeGib() > limits.gigabytes()) {
            throw gigabytesExceeded(volume.sizeGib(), limits.gigabytes(), consumed);
        }
    }

    /** Cinder 12.0.0 cinder/exception.py VolumeSizeExceedsAvailableQuota. */
    static ApiErrorException gigabytesExceeded(int requested, int quota, long consumed) {
        return ApiErrorException.overLimit(("Requested volume or snapshot exceeds allowed gigabytes quota. "
                        + "Requested %dG, quota is %dG and %dG has been consumed.")
                .formatted(requested, quota, consumed));
    }
}
