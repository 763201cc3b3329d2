/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.VolumeResolution;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Resolves a PersistentVolumeClaim to its EVS volume. The claim is bound to a PersistentVolume, and the volume handle of
 * its CSI driver is the id of the EVS volume. The resolver reads two single objects, once per request. A cache of all
 * claims and volumes of a cluster would need more memory and wider roles.
 */
public final class ClaimVolumeResolver {
    /** CSI drivers that are known to use the id of an EVS or Cinder volume as the volume handle. */
    public static final Set<String> KNOWN_DRIVERS =
            Set.of("disk.csi.everest.io", "evs.csi.huaweicloud.com", "cinder.csi.openstack.org");

    private final KubernetesClient kubernetes;
    private final Set<String> drivers;
    private final Duration retryAfter;

    /**
     * @param moreDrivers additional CSI drivers whose volume handle is the id of a volume
     * @param retryAfter the time until a claim that is not bound is resolved again; ten times that if it is unusable
     */
    public ClaimVolumeResolver(KubernetesClient kubernetes, Set<String> moreDrivers, Duration retryAfter) {
        this.kubernetes = kubernetes;
        this.drivers = new TreeSet<>(KNOWN_DRIVERS);
        this.drivers.addAll(moreDrivers);
        this.retryAfter = retryAfter;
    }

    /** The volume of a claim, or why the claim leads to none. */
    private sealed interface ClaimVolume {
        record Found(VolumeId id, String driver, String mode) implements ClaimVolume {}

        record NotFound(VolumeResolution.Unresolved why) implements ClaimVolume {}
    }

    /**
     * The CSI driver of a volume.
     *
     * @param volumeMode of the volume, {@code Filesystem} or {@code Block}
     */
    public record VolumeDriver(String name, String volumeMode) {}

    /**
     * Resolves a claim.
     *
     * @throws KubernetesClientException if the API server rejects a read or does not respond
     */
    public VolumeResolution resolve(String namespace, String name) {
        var claim = kubernetes
                .persistentVolumeClaims()
                .inNamespace(namespace)
                .withName(name)
                .get();
        if (claim != null && claim.isMarkedForDeletion()) {
            return unusable(CommonReason.ClaimBeingDeleted, "It is PersistentVolumeClaim " + name + ".")
                    .why();
        }
        var volume = find(name, claim);
        return volume instanceof ClaimVolume.Found found
                ? new VolumeResolution.Resolved(found.id())
                : ((ClaimVolume.NotFound) volume).why();
    }

    /**
     * Returns the CSI driver of the volume to which a claim leads, also if the claim is being deleted. Empty if it leads to no
     * volume, or to another one than this.
     *
     * @throws KubernetesClientException if the API server rejects a read or does not respond
     */
    public Optional<VolumeDriver> driverOf(String namespace, String name, VolumeId volumeId) {
        var claim = kubernetes
                .persistentVolumeClaims()
                .inNamespace(namespace)
                .withName(name)
                .get();
        return find(name, claim) instanceof ClaimVolume.Found found
                        && found.id().equals(volumeId)
                ? Optional.of(new VolumeDriver(found.driver(), found.mode()))
                : Optional.empty();
    }

    /** Returns whether the volume handle of this CSI driver is the id of a volume. */
    public boolean isKnown(String driver) {
        return drivers.contains(driver);
    }

    /** Returns the names of the drivers for which {@link #isKnown} is true, in one text. */
    public String knownDrivers() {
        return String.join(", ", drivers);
    }

    private ClaimVolume find(String name, PersistentVolumeClaim claim) {
        if (claim == null) {
            return waiting("There is no PersistentVolumeClaim " + name + " in this namespace.");
        }
        var volumeName = claim.getSpec() == null ? null : claim.getSpec().getVolumeName();
        var bound =
                claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase());
        if (volumeName == null || volumeName.isBlank() || !bound) {
            return waiting("PersistentVolumeClaim " + name + " is not bound to a volume yet.");
        }
        var volume = kubernetes.persistentVolumes().withName(volumeName).get();
        if (volume == null || volume.getSpec() == null) {
            return waiting(
                    "PersistentVolume " + volumeName + ", to which claim " + name + " is bound, does not exist.");
        }
        if (!isBoundTo(claim, volume.getSpec().getClaimRef())) {
            return waiting(
                    "PersistentVolume " + volumeName + ", which claim " + name + " names, is not bound to this claim.");
        }
        var csi = volume.getSpec().getCsi();
        if (csi == null) {
            return unusable(
                    CommonReason.ClaimUnusable,
                    "PersistentVolume " + volumeName + " of claim " + name + " is not a CSI volume.");
        }
        if (!isKnown(csi.getDriver())) {
            return unusable(
                    CommonReason.ClaimUnusable,
                    "PersistentVolume " + volumeName + " of claim " + name + " has the CSI driver " + csi.getDriver()
                            + ". The drivers of EVS volumes are " + knownDrivers()
                            + ". The setting evs.claim.csi-drivers adds a driver whose volume handle is a volume id.");
        }
        if (csi.getVolumeHandle() == null || csi.getVolumeHandle().isBlank()) {
            return unusable(CommonReason.ClaimUnusable, "PersistentVolume " + volumeName + " has no volume handle.");
        }
        // The API server sets the default (Kubernetes, SetDefaults_PersistentVolume).
        var mode = Optional.ofNullable(volume.getSpec().getVolumeMode()).orElse("Filesystem");
        return new ClaimVolume.Found(new VolumeId(csi.getVolumeHandle()), csi.getDriver(), mode);
    }

    /** A user can create a claim that names the volume of another claim. An administrator can bind a volume without UID. */
    private static boolean isBoundTo(PersistentVolumeClaim claim, ObjectReference reference) {
        var owner = claim.getMetadata();
        return reference != null
                && owner.getNamespace().equals(reference.getNamespace())
                && owner.getName().equals(reference.getName())
                && (reference.getUid() == null || owner.getUid().equals(reference.getUid()));
    }

    private ClaimVolume.NotFound waiting(String detail) {
        return new ClaimVolume.NotFound(
                new VolumeResolution.Unresolved(Verdict.of(CommonReason.WaitingForClaim, detail), retryAfter));
    }

    private ClaimVolume.NotFound unusable(Reason reason, String detail) {
        return new ClaimVolume.NotFound(
                new VolumeResolution.Unresolved(Verdict.of(reason, detail), retryAfter.multipliedBy(10)));
    }
}
