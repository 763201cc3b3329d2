/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.List;
import java.util.Set;

/** When the cloud takes or removes a snapshot, and in which words it refuses. */
final class CreationRules {

    private static final Set<String> DELETABLE = Set.of("available", "error");

    private final SimulatorSettings.Limits limits;
    private final SimulatorSettings.BehaviorOptions habits;
    private final SnapshotStore snapshots;
    private final VolumeStore disks;

    CreationRules(
            SimulatorSettings.Limits limits,
            SimulatorSettings.BehaviorOptions habits,
            SnapshotStore snapshots,
            VolumeStore disks) {
        this.limits = limits;
        this.habits = habits;
        this.snapshots = snapshots;
        this.disks = disks;
    }

    /** Cinder 12.0.0 cinder/volume/api.py create_snapshot_in_db: the disk's state first, then the quotas. */
    void check(CreateSnapshotBody order, Volume disk) {
        checkState(order, disk);
        checkCap(disk);
        checkQuotas(disk);
    }

    /** EVS API reference: error_codes EVS.1047, EVS.2019; Cinder 12.0.0 cinder/volume/api.py delete_snapshot. */
    void checkDeletable(Snapshot snapshot) {
        if (DELETABLE.contains(snapshot.status())) {
            return;
        }
        var cinder = "Invalid snapshot: Snapshot status must be available or error and must not be part of a group.";
        if ("error_deleting".equals(snapshot.status())) {
            throw ApiErrorException.ofEvs(500, "EVS.2019", "snapshot is error_deleting!", cinder)
                    .butByCinder(400);
        }
        throw ApiErrorException.ofEvs(
                400, "EVS.1047", "snapshot status must be available or error when delete snapshot!", cinder);
    }

    QuotaUse use(String projectId) {
        var ofProject = disks.ofProject(projectId);
        var diskGigabytes = ofProject.stream().mapToLong(Volume::sizeGib).sum();
        return new QuotaUse(
                ofProject.size(), snapshots.countOf(projectId), diskGigabytes + snapshots.gigabytesOf(projectId));
    }

    private void checkState(CreateSnapshotBody order, Volume disk) {
        var allowed = order.force() ? List.of("available", "in-use") : List.of("available");
        var attachingWillDo = order.force() && habits.attachingIsEnoughWithForce() && "attaching".equals(disk.status());
        if (!allowed.contains(disk.status()) && !attachingWillDo) {
            throw ApiErrorException.badRequest("Invalid volume: Volume %s status must be %s, but current status is: %s."
                    .formatted(disk.id(), String.join(", ", allowed), disk.status()));
        }
    }

    /** User manual: creating_an_evs_snapshot names the number; how the cloud refuses is documented nowhere: guessed. */
    private void checkCap(Volume disk) {
        var manual = snapshots.ofVolume(disk.id()).stream()
                .filter(it -> !it.belongsToABackup())
                .count();
        if (manual >= limits.manualSnapshotsPerDisk()) {
            var message =
                    "Maximum number of snapshots allowed (%d) exceeded".formatted(limits.manualSnapshotsPerDisk());
            var refusal = ApiErrorException.ofEvs(limits.capStatus(), limits.capCode(), message, message);
            throw limits.capStatus() == 413 ? refusal.withHeader("Retry-After", "0") : refusal;
        }
    }

    /** Cinder 12.0.0 cinder/exception.py SnapshotLimitExceeded, VolumeSizeExceedsAvailableQuota. */
    private void checkQuotas(Volume disk) {
        if (limits.snapshots() >= 0 && snapshots.countOf(disk.projectId()) >= limits.snapshots()) {
            throw ApiErrorException.overLimit(
                    "Maximum number of snapshots allowed (%d) exceeded".formatted(limits.snapshots()));
        }
        if (limits.gigabytes() < 0) {
            return;
        }
        var consumed = use(disk.projectId()).gigabytes();
        if (consumed + disk.sizeGib() > limits.gigabytes()) {
            throw ApiErrorException.overLimit(("Requested volume or snapshot exceeds allowed gigabytes quota. "
                            + "Requested %dG, quota is %dG and %dG has been consumed.")
                    .formatted(disk.sizeGib(), limits.gigabytes(), consumed));
        }
    }
}
