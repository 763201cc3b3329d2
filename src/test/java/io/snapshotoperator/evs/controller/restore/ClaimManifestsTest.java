/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.snapshotoperator.evs.api.v1alpha1.restore.ClaimTemplate;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimManifestsTest {
    private static final String RESTORE = """
            apiVersion: evs.snapshot-operator.io/v1alpha1
            kind: VolumeSnapshotRestore
            metadata: {name: back, namespace: shop, uid: 11111111-2222-4333-8444-555555555555}
            spec: {requestRef: {name: nightly}}
            status:
              volumeId: 3c0bd7a2-39f5-4c3a-9a2c-0f5b2a9f3d11
              sizeGiB: 40
              availabilityZone: eu-de-01
              volumeType: SSD
              conditions:
                - {type: Ready, status: "STATUS", reason: REASON, message: m, lastTransitionTime: "2026-01-01T00:00:00Z"}
            """;

    private static VolumeSnapshotRestore ready() {
        return restore(RESTORE.replace("STATUS", "True").replace("REASON", "VolumeRestored"));
    }

    private static VolumeSnapshotRestore restore(String yaml) {
        return Serialization.unmarshal(yaml, VolumeSnapshotRestore.class);
    }

    private static ClaimManifests of(String driver) {
        return new ClaimManifests(ready(), new ClaimTemplate("data-app-0", driver, "csi-disk", null, null));
    }

    @Test
    void hasWhatEverestRequiresOfStaticVolume() {
        var manifests = of("disk.csi.everest.io");

        assertThat(Serialization.asYaml(manifests.persistentVolume())).isEqualTo("""
                        ---
                        apiVersion: "v1"
                        kind: "PersistentVolume"
                        metadata:
                          annotations:
                            pv.kubernetes.io/provisioned-by: "everest-csi-provisioner"
                          labels:
                            evs.snapshot-operator.io/restore-uid: "11111111-2222-4333-8444-555555555555"
                            failure-domain.beta.kubernetes.io/region: "eu-de"
                            failure-domain.beta.kubernetes.io/zone: "eu-de-01"
                          name: "evs-restore-11111111-2222-4333-8444-555555555555"
                        spec:
                          accessModes:
                          - "ReadWriteOnce"
                          capacity:
                            storage: "40Gi"
                          claimRef:
                            apiVersion: "v1"
                            kind: "PersistentVolumeClaim"
                            name: "data-app-0"
                            namespace: "shop"
                          csi:
                            driver: "disk.csi.everest.io"
                            fsType: "ext4"
                            volumeAttributes:
                              everest.io/disk-mode: "SCSI"
                              everest.io/disk-volume-type: "SSD"
                              storage.kubernetes.io/csiProvisionerIdentity: "everest-csi-provisioner"
                            volumeHandle: "3c0bd7a2-39f5-4c3a-9a2c-0f5b2a9f3d11"
                          persistentVolumeReclaimPolicy: "Retain"
                          storageClassName: "csi-disk"
                        """);
        assertThat(Serialization.asYaml(manifests.claim())).isEqualTo("""
                        ---
                        apiVersion: "v1"
                        kind: "PersistentVolumeClaim"
                        metadata:
                          annotations:
                            everest.io/disk-volume-type: "SSD"
                          labels:
                            evs.snapshot-operator.io/restore-uid: "11111111-2222-4333-8444-555555555555"
                            failure-domain.beta.kubernetes.io/region: "eu-de"
                            failure-domain.beta.kubernetes.io/zone: "eu-de-01"
                          name: "data-app-0"
                          namespace: "shop"
                        spec:
                          accessModes:
                          - "ReadWriteOnce"
                          resources:
                            requests:
                              storage: "40Gi"
                          storageClassName: "csi-disk"
                          volumeName: "evs-restore-11111111-2222-4333-8444-555555555555"
                        """);
    }

    @ParameterizedTest
    @CsvSource({
        "cinder.csi.openstack.org, topology.cinder.csi.openstack.org/zone",
        "evs.csi.huaweicloud.com, topology.evs.csi.huaweicloud.com/zone"
    })
    void requiresZoneOfNodeAsDriverLabelsIt(String driver, String label) {
        var spec = of(driver).persistentVolume().getSpec();

        var expression = spec.getNodeAffinity()
                .getRequired()
                .getNodeSelectorTerms()
                .get(0)
                .getMatchExpressions()
                .get(0);
        assertThat(expression.getKey()).isEqualTo(label);
        assertThat(expression.getValues()).containsExactly("eu-de-01");
        assertThat(spec.getCsi().getFsType()).isNull();
        assertThat(spec.getCsi().getVolumeAttributes()).isNullOrEmpty();
        assertThat(of(driver).claim().getMetadata().getAnnotations()).isNullOrEmpty();
    }

    @ParameterizedTest
    @CsvSource({"eu-de-01, eu-de", "eu-nl-03, eu-nl", "eu-ch2a, eu-ch2", "cn-north-4b, cn-north-4"})
    void namesRegionOfZone(String zone, String region) {
        var restore = restore(RESTORE.replace("STATUS", "True").replace("eu-de-01", zone));
        var manifests = new ClaimManifests(restore, new ClaimTemplate("data", "disk.csi.everest.io", null, null, null));

        assertThat(manifests.persistentVolume().getMetadata().getLabels())
                .containsEntry("failure-domain.beta.kubernetes.io/region", region)
                .containsEntry("failure-domain.beta.kubernetes.io/zone", zone);
    }

    @Test
    void usesFieldsOfTemplate() {
        var template = new ClaimTemplate("data", "example.com/driver", null, "ReadWriteOncePod", "xfs");
        var manifests = new ClaimManifests(ready(), template);

        assertThat(manifests.persistentVolume().getSpec().getAccessModes()).containsExactly("ReadWriteOncePod");
        assertThat(manifests.claim().getSpec().getAccessModes()).containsExactly("ReadWriteOncePod");
        assertThat(manifests.persistentVolume().getSpec().getCsi().getFsType()).isEqualTo("xfs");
        assertThat(manifests.claim().getSpec().getStorageClassName()).isEmpty();
        assertThat(manifests.persistentVolume().getSpec().getNodeAffinity()).isNull();
    }

    @Test
    void rejectsRestoreThatIsNotReady() {
        var restore = restore(RESTORE.replace("STATUS", "False").replace("REASON", "RestoringVolume"));

        assertThatThrownBy(() -> new ClaimManifests(restore, new ClaimTemplate("data", "d", null, null, null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not ready: its reason is RestoringVolume");
    }

    @ParameterizedTest
    @CsvSource({"'  volumeId: 3c0bd7a2-39f5-4c3a-9a2c-0f5b2a9f3d11\n'", "'  sizeGiB: 40\n'", "', namespace: shop'"})
    void rejectsIncompleteRestore(String missing) {
        var restore = restore(RESTORE.replace("STATUS", "True").replace(missing, ""));

        assertThatThrownBy(() -> new ClaimManifests(restore, new ClaimTemplate("data", "d", null, null, null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no uid, namespace, status.volumeId or status.sizeGiB");
    }
}
