/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.VolumeNodeAffinity;
import io.fabric8.kubernetes.api.model.VolumeNodeAffinityBuilder;
import io.snapshotoperator.evs.api.v1alpha1.restore.ClaimTemplate;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatus;
import io.snapshotoperator.evs.condition.Conditions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The PersistentVolume of a restored volume, and the claim that is bound to it. The volume handle and the size come from
 * the status, the name of the PersistentVolume from the UID. Only the other fields come from the spec.
 *
 * <p>The zone, which a node must have, is a label or a node affinity, as the driver does it itself:
 *
 * <ul>
 *   <li>disk.csi.everest.io: CCE user guide, "Using an Existing EVS Disk Through a Static PV". Labels, annotation,
 *       attributes and fsType are mandatory, and only disks with the device type SCSI can be used
 *   <li>cinder.csi.openstack.org: cloud-provider-openstack, docs/cinder-csi-plugin/features.md, "Topology"
 *   <li>evs.csi.huaweicloud.com: huaweicloud-csi-driver, pkg/evs/nodeserver.go, NodeGetInfo, and
 *       examples/evs-csi-plugin/kubernetes/topology/sc.yaml
 * </ul>
 */
public final class ClaimManifests {
    /** Labels PersistentVolume and claim with the UID of the restore. */
    static final String RESTORE_UID = "evs.snapshot-operator.io/restore-uid";

    private static final String NAME_PREFIX = "evs-restore-";
    private static final String READ_WRITE_ONCE = "ReadWriteOnce";

    private static final String EVEREST = "disk.csi.everest.io";
    private static final String EVEREST_PROVISIONER = "everest-csi-provisioner";
    private static final String EVEREST_VOLUME_TYPE = "everest.io/disk-volume-type";

    private static final Map<String, String> ZONE_KEYS = Map.of(
            "cinder.csi.openstack.org", "topology.cinder.csi.openstack.org/zone",
            "evs.csi.huaweicloud.com", "topology.evs.csi.huaweicloud.com/zone");

    private final VolumeSnapshotRestore restore;
    private final VolumeSnapshotRestoreStatus status;
    private final ClaimTemplate template;

    /**
     * Checks that the restore has a volume.
     *
     * @throws IllegalArgumentException with a sentence for users, if it is not ready or its status is incomplete
     */
    public ClaimManifests(VolumeSnapshotRestore restore, ClaimTemplate template) {
        this.restore = restore;
        this.status = RestoreStatusMapper.status(restore);
        this.template = template;
        var name = restore.getMetadata().getName();
        if (!Conditions.isReady(status.conditions())) {
            throw new IllegalArgumentException("VolumeSnapshotRestore " + name + " is not ready: its reason is "
                    + Conditions.readyReason(status.conditions()).orElse("not known") + ".");
        }
        if (isMissing(restore.getMetadata().getUid())
                || isMissing(restore.getMetadata().getNamespace())
                || isMissing(status.volumeId())
                || status.sizeGiB() == null) {
            throw new IllegalArgumentException(
                    "VolumeSnapshotRestore " + name + " has no uid, namespace, status.volumeId or status.sizeGiB.");
        }
    }

    private static boolean isMissing(String text) {
        return text == null || text.isBlank();
    }

    static String volumeName(VolumeSnapshotRestore restore) {
        return NAME_PREFIX + restore.getMetadata().getUid();
    }

    /** Returns the PersistentVolume, reserved for the claim. The volume stays in the cloud when it is deleted. */
    public PersistentVolume persistentVolume() {
        return new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(volumeName(restore))
                .withLabels(labels())
                .withAnnotations(isEverest() ? Map.of("pv.kubernetes.io/provisioned-by", EVEREST_PROVISIONER) : null)
                .endMetadata()
                .withNewSpec()
                .withAccessModes(accessMode())
                .withCapacity(capacity())
                .withPersistentVolumeReclaimPolicy("Retain")
                .withNodeAffinity(nodeAffinity())
                .withStorageClassName(storageClassName())
                .withNewCsi()
                .withDriver(template.driver())
                .withVolumeHandle(status.volumeId())
                .withFsType(Optional.ofNullable(template.fsType()).orElse(isEverest() ? "ext4" : null))
                .withVolumeAttributes(isEverest() ? everestAttributes() : null)
                .endCsi()
                .withNewClaimRef()
                .withApiVersion("v1")
                .withKind("PersistentVolumeClaim")
                .withNamespace(restore.getMetadata().getNamespace())
                .withName(template.name())
                .endClaimRef()
                .endSpec()
                .build();
    }

    /**
     * Returns the label of nodes that must have the zone; null if the zone is a label of the PersistentVolume,
     * or is not known.
     */
    private VolumeNodeAffinity nodeAffinity() {
        var key = ZONE_KEYS.get(template.driver());
        return key == null || isMissing(status.availabilityZone())
                ? null
                : new VolumeNodeAffinityBuilder()
                        .withNewRequired()
                        .addNewNodeSelectorTerm()
                        .addNewMatchExpression()
                        .withKey(key)
                        .withOperator("In")
                        .withValues(status.availabilityZone())
                        .endMatchExpression()
                        .endNodeSelectorTerm()
                        .endRequired()
                        .build();
    }

    /** Returns the claim. It is bound to the PersistentVolume by name, so nothing is provisioned for it. */
    public PersistentVolumeClaim claim() {
        return new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace(restore.getMetadata().getNamespace())
                .withName(template.name())
                .withLabels(labels())
                .withAnnotations(
                        isEverest() && !isMissing(status.volumeType())
                                ? Map.of(EVEREST_VOLUME_TYPE, status.volumeType())
                                : null)
                .endMetadata()
                .withNewSpec()
                .withAccessModes(accessMode())
                .withStorageClassName(storageClassName())
                .withVolumeName(volumeName(restore))
                .withNewResources()
                .withRequests(capacity())
                .endResources()
                .endSpec()
                .build();
    }

    private boolean isEverest() {
        return EVEREST.equals(template.driver());
    }

    private Map<String, String> labels() {
        var labels = new TreeMap<>(Map.of(RESTORE_UID, restore.getMetadata().getUid()));
        if (isEverest() && !isMissing(status.availabilityZone())) {
            labels.put("failure-domain.beta.kubernetes.io/region", regionOf(status.availabilityZone()));
            labels.put("failure-domain.beta.kubernetes.io/zone", status.availabilityZone());
        }
        return labels;
    }

    /**
     * Returns the region of a zone such as eu-de-01, eu-ch2a or cn-north-4b (examples of the CCE user guide; a
     * guess for others).
     */
    private static String regionOf(String zone) {
        return zone.replaceFirst("(-\\d{2}|[a-z])$", "");
    }

    private Map<String, String> everestAttributes() {
        var attributes = new TreeMap<>(Map.of(
                "everest.io/disk-mode", "SCSI", "storage.kubernetes.io/csiProvisionerIdentity", EVEREST_PROVISIONER));
        if (!isMissing(status.volumeType())) {
            attributes.put(EVEREST_VOLUME_TYPE, status.volumeType());
        }
        return attributes;
    }

    private String accessMode() {
        return Optional.ofNullable(template.accessMode()).orElse(READ_WRITE_ONCE);
    }

    private Map<String, Quantity> capacity() {
        return Map.of("storage", new Quantity(status.sizeGiB() + "Gi"));
    }

    /**
     * The empty name means no class. Without a name, the default class of the cluster would be set, and the two
     * would not match.
     */
    private String storageClassName() {
        return Optional.ofNullable(template.storageClassName()).orElse("");
    }
}
