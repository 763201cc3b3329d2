/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import io.fabric8.kubernetes.api.model.Condition;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatus;
import io.snapshotoperator.evs.simulator.CallLogEntry;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.RestoreInvariants.ExecutedCreate;
import io.snapshotoperator.evs.testing.RestoreInvariants.LivingVolume;
import io.snapshotoperator.evs.testing.RestoreInvariants.RestoreState;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Makes the values of {@link RestoreInvariants} from the simulator and from objects of Kubernetes. */
public final class RestoreInputs {
    private RestoreInputs() {}

    /** The cloud as it is now. @param late which executed create requests count as late */
    public static RestoreInvariants of(EvsSimulator cloud, Predicate<CallLogEntry> late) {
        return new RestoreInvariants(
                cloud.volumes().all().stream().map(RestoreInputs::living).toList(),
                cloud.callLog().actedOn(Operation.DISK_CREATE).stream()
                        .map(entry -> new ExecutedCreate(
                                entry.metadata().getOrDefault(SnapshotInvariants.UID, ""),
                                entry.metadata().getOrDefault(SnapshotInvariants.CREATE_ID, ""),
                                entry.jobId(),
                                isFailed(entry),
                                late.test(entry)))
                        .toList());
    }

    /** Whether the job of this create request fails. */
    public static boolean isFailed(CallLogEntry create) {
        return create.faults().contains(Fault.JOB_FAILS_WITHOUT_VOLUME)
                || create.faults().contains(Fault.VOLUME_ENDS_IN_ERROR);
    }

    public static LivingVolume living(Volume volume) {
        return new LivingVolume(volume.id(), volume.status(), volume.metadata());
    }

    /** @param name appears in the sentences of the violations */
    public static RestoreState restore(String name, VolumeSnapshotRestore restore) {
        var status = Optional.ofNullable(restore.getStatus());
        return new RestoreState(
                name,
                restore.getMetadata().getUid(),
                status.map(VolumeSnapshotRestoreStatus::volumeId),
                status.map(VolumeSnapshotRestoreStatus::volumeStatus),
                status.map(VolumeSnapshotRestoreStatus::jobId),
                condition(restore, "Ready").map(Condition::getReason),
                isTrue(restore, "Ready"),
                isTrue(restore, "Stalled"),
                status.map(VolumeSnapshotRestoreStatus::duplicateVolumeIds).orElse(List.of()));
    }

    private static boolean isTrue(VolumeSnapshotRestore restore, String type) {
        return condition(restore, type)
                .filter(condition -> "True".equals(condition.getStatus()))
                .isPresent();
    }

    private static Optional<Condition> condition(VolumeSnapshotRestore restore, String type) {
        return Optional.ofNullable(restore.getStatus())
                .map(VolumeSnapshotRestoreStatus::conditions)
                .orElse(List.of())
                .stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst();
    }
}
