/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import io.fabric8.kubernetes.api.model.Condition;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.simulator.CallLogEntry;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.Snapshot;
import io.snapshotoperator.evs.testing.SnapshotInvariants.ExecutedCreate;
import io.snapshotoperator.evs.testing.SnapshotInvariants.LivingSnapshot;
import io.snapshotoperator.evs.testing.SnapshotInvariants.RequestState;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Makes the values of {@link SnapshotInvariants} from the simulator and from objects of Kubernetes. */
public final class InvariantInputs {
    private InvariantInputs() {}

    /** The cloud as it is now. @param late which executed create requests count as late */
    public static SnapshotInvariants of(EvsSimulator cloud, Predicate<CallLogEntry> late) {
        return new SnapshotInvariants(
                cloud.snapshots().living().stream().map(InvariantInputs::living).toList(),
                cloud.callLog().createsActedOn().stream()
                        .map(entry -> new ExecutedCreate(
                                entry.metadata().getOrDefault(SnapshotInvariants.UID, ""),
                                entry.metadata().getOrDefault(SnapshotInvariants.CREATE_ID, ""),
                                entry.faults().contains(Fault.SNAPSHOT_ENDS_IN_ERROR),
                                late.test(entry)))
                        .toList());
    }

    public static LivingSnapshot living(Snapshot snapshot) {
        return new LivingSnapshot(
                snapshot.id(), Optional.ofNullable(snapshot.name()).orElse(""), snapshot.status(), snapshot.metadata());
    }

    /** @param name appears in the sentences of the violations */
    public static RequestState request(String name, VolumeSnapshotRequest request) {
        var status = Optional.ofNullable(request.getStatus());
        return new RequestState(
                name,
                request.getMetadata().getUid(),
                status.map(VolumeSnapshotRequestStatus::snapshotId),
                status.map(VolumeSnapshotRequestStatus::snapshotStatus),
                isTrue(request, "Ready"),
                isTrue(request, "Stalled"),
                status.map(VolumeSnapshotRequestStatus::duplicateSnapshotIds).orElse(List.of()));
    }

    public static boolean isTrue(VolumeSnapshotRequest request, String type) {
        return condition(request, type)
                .filter(condition -> "True".equals(condition.getStatus()))
                .isPresent();
    }

    /** A condition of the object; empty if the status does not have it. */
    public static Optional<Condition> condition(VolumeSnapshotRequest request, String type) {
        return Optional.ofNullable(request.getStatus())
                .map(VolumeSnapshotRequestStatus::conditions)
                .orElse(List.of())
                .stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst();
    }
}
