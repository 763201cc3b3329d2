/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import java.util.Optional;

/**
 * Decides whether the snapshot of a request is lost soon because Kubernetes deletes its volume. EVS deletes the snapshots of a
 * volume together with the volume (EVS reference, section 2.4). Kubernetes deletes the volume of a deleted claim if the reclaim
 * policy of its PersistentVolume is Delete. The deletion of a claim cannot be undone, but the policy can be changed until the
 * claim is gone, and until the CSI driver has deleted the volume
 * (<a href="https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming">reclaiming</a>).
 */
public final class SourceRiskRules {
    private SourceRiskRules() {}

    /** A claim of the name that the spec of the object gives. */
    public record LivingClaim(String uid, boolean beingDeleted) {}

    /** The claim to which a PersistentVolume is bound. An administrator can bind one without a UID. */
    public record BoundClaim(String namespace, String name, Optional<String> uid) {}

    /**
     * A PersistentVolume.
     *
     * @param deletedWithClaim whether its reclaim policy is Delete
     * @param claim empty if it is bound to none
     * @param handle the volume handle of its CSI driver; empty if it has none
     */
    public record PersistentVolumeState(
            String name, boolean deletedWithClaim, Optional<BoundClaim> claim, Optional<VolumeId> handle) {}

    /** The result of a check. */
    public sealed interface Assessment {

        /** The volume is not the one of the snapshot, or is kept. */
        record Safe() implements Assessment {}

        /** The PersistentVolume is gone. Whether the volume is gone as well, only the snapshot can show. */
        record VolumeObjectGone() implements Assessment {}

        /** Kubernetes will delete the volume of this PersistentVolume. */
        record AtRisk(String persistentVolume) implements Assessment {}
    }

    /** Returns the claim whose deletion can cost the object its snapshot; empty if there is nothing to lose. */
    public static Optional<Source.Claim> endangeringClaim(DesiredSnapshot desired, RecordedState recorded) {
        return desired.source() instanceof Source.Claim claim
                        && !recorded.isDeleting()
                        && recorded.snapshot()
                                .flatMap(RecordedState.RecordedSnapshot::volumeId)
                                .isPresent()
                        && !recorded.reasonIs(SnapshotReason.SnapshotMissing)
                ? Optional.of(claim)
                : Optional.empty();
    }

    /**
     * Returns what the two objects mean for the snapshot. A user can create a claim that names the PersistentVolume of another
     * namespace, so the volume must be bound to a claim of this name in this namespace, and must be the one of which the status
     * records the snapshot.
     *
     * @param claim empty if there is no claim of this name
     * @param volume empty if the PersistentVolume does not exist
     */
    public static Assessment assess(
            ObjectIdentity owner,
            Source.Claim source,
            VolumeId recorded,
            Optional<LivingClaim> claim,
            Optional<PersistentVolumeState> volume) {
        if (volume.isEmpty()) {
            return new Assessment.VolumeObjectGone();
        }
        var bound = volume.get()
                .claim()
                .filter(reference -> reference.namespace().equals(owner.namespace())
                        && reference.name().equals(source.name()));
        var isLost = volume.get().deletedWithClaim()
                && volume.get().handle().equals(Optional.of(recorded))
                && bound.filter(reference -> isReleased(reference, claim)).isPresent();
        return isLost ? new Assessment.AtRisk(volume.get().name()) : new Assessment.Safe();
    }

    /** Whether the claim is gone or is being deleted. Another claim of the same name can exist meanwhile. */
    private static boolean isReleased(BoundClaim bound, Optional<LivingClaim> claim) {
        return claim.filter(living -> !living.beingDeleted()
                        && (bound.uid().isEmpty() || bound.uid().equals(Optional.of(living.uid()))))
                .isEmpty();
    }

    /** Returns what the object reports about the risk. */
    public static Verdict verdict(Source.Claim claim, String persistentVolume) {
        return Verdict.of(
                SnapshotReason.SourceAtRisk,
                "The claim is " + claim.name() + ", and the reclaim policy of its PersistentVolume " + persistentVolume
                        + " is Delete. To keep volume and snapshot, set the reclaim policy to Retain now: kubectl patch"
                        + " persistentvolume " + persistentVolume
                        + " -p '{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}}'. Or restore what you need to a"
                        + " new volume now, for example with a VolumeSnapshotRestore.");
    }
}
