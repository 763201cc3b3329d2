/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.VolumeResolution;
import io.snapshotoperator.evs.testing.Cluster;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimVolumeResolverTest {
    private static final Duration RETRY = Duration.ofSeconds(30);

    private final Cluster cluster = Cluster.embedded();
    private final ClaimVolumeResolver resolver =
            new ClaimVolumeResolver(cluster.client(), Set.of("disk.example.com"), RETRY);

    @AfterEach
    void close() {
        cluster.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"disk.csi.everest.io", "evs.csi.huaweicloud.com", "cinder.csi.openstack.org", "disk.example.com"
            })
    void resolvesBoundClaimToVolumeHandle(String driver) {
        createClaim("Bound", "pv-1");
        createCsiVolume(driver, "v-1");

        assertThat(resolver.resolve("shop", "data")).isEqualTo(new VolumeResolution.Resolved(new VolumeId("v-1")));
    }

    @Test
    void waitsForMissingClaim() {
        assertUnresolved(CommonReason.WaitingForClaim, RETRY, "data");
    }

    @Test
    void waitsUntilClaimIsBound() {
        createClaim("Pending", null);

        assertUnresolved(CommonReason.WaitingForClaim, RETRY, "not bound");
    }

    @Test
    void waitsForMissingPersistentVolume() {
        createClaim("Bound", "pv-1");

        assertUnresolved(CommonReason.WaitingForClaim, RETRY, "pv-1");
    }

    @Test
    void rejectsClaimThatIsBeingDeleted() {
        createClaim("Bound", "pv-1");
        cluster.client()
                .persistentVolumeClaims()
                .inNamespace("shop")
                .withName("data")
                .delete();

        assertUnresolved(CommonReason.ClaimBeingDeleted, RETRY.multipliedBy(10), "data");
    }

    @Test
    void rejectsVolumeOfOtherDriverAndNamesKnownDrivers() {
        createClaim("Bound", "pv-1");
        createCsiVolume("nfs.csi.k8s.io", "share-1");

        assertUnresolved(CommonReason.ClaimUnusable, RETRY.multipliedBy(10), "nfs.csi.k8s.io");
        assertUnresolved(CommonReason.ClaimUnusable, RETRY.multipliedBy(10), "disk.csi.everest.io");
        assertUnresolved(CommonReason.ClaimUnusable, RETRY.multipliedBy(10), "evs.claim.csi-drivers");
    }

    @Test
    void rejectsVolumeThatIsNoCsiVolume() {
        createClaim("Bound", "pv-1");
        cluster.client()
                .resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName("pv-1")
                        .endMetadata()
                        .withNewSpec()
                        .withNewClaimRef()
                        .withNamespace("shop")
                        .withName("data")
                        .withUid(uidOfClaim())
                        .endClaimRef()
                        .withNewHostPath()
                        .withPath("/data")
                        .endHostPath()
                        .endSpec()
                        .build())
                .create();

        assertUnresolved(CommonReason.ClaimUnusable, RETRY.multipliedBy(10), "not a CSI volume");
    }

    @Test
    void waitsWhenVolumeIsBoundToAnotherClaim() {
        createClaim("Bound", "pv-1");
        createCsiVolume("disk.csi.everest.io", "v-1", "another-claim");

        assertUnresolved(CommonReason.WaitingForClaim, RETRY, "not bound to this claim");
    }

    @Test
    void rejectsVolumeWithoutHandle() {
        createClaim("Bound", "pv-1");
        createCsiVolume("disk.csi.everest.io", "");

        assertUnresolved(CommonReason.ClaimUnusable, RETRY.multipliedBy(10), "no volume handle");
    }

    private void assertUnresolved(Reason reason, Duration retryAfter, String detail) {
        assertThat(resolver.resolve("shop", "data"))
                .asInstanceOf(type(VolumeResolution.Unresolved.class))
                .satisfies(unresolved -> {
                    assertThat(unresolved.verdict().reason()).isEqualTo(reason);
                    assertThat(unresolved.verdict().detail()).contains(detail);
                    assertThat(unresolved.retryAfter()).isEqualTo(retryAfter);
                });
    }

    /** The finalizer keeps a deleted claim in existence, as Kubernetes does while a Pod uses it. */
    private void createClaim(String phase, String volumeName) {
        cluster.client()
                .resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withNamespace("shop")
                        .withName("data")
                        .withFinalizers(List.of("kubernetes.io/pvc-protection"))
                        .endMetadata()
                        .withNewSpec()
                        .withVolumeName(volumeName)
                        .endSpec()
                        .withNewStatus()
                        .withPhase(phase)
                        .endStatus()
                        .build())
                .create();
    }

    private void createCsiVolume(String driver, String handle) {
        createCsiVolume(driver, handle, uidOfClaim());
    }

    private String uidOfClaim() {
        return cluster.client()
                .persistentVolumeClaims()
                .inNamespace("shop")
                .withName("data")
                .get()
                .getMetadata()
                .getUid();
    }

    private void createCsiVolume(String driver, String handle, String boundTo) {
        cluster.client()
                .resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName("pv-1")
                        .endMetadata()
                        .withNewSpec()
                        .withNewClaimRef()
                        .withNamespace("shop")
                        .withName("data")
                        .withUid(boundTo)
                        .endClaimRef()
                        .withNewCsi()
                        .withDriver(driver)
                        .withVolumeHandle(handle)
                        .endCsi()
                        .endSpec()
                        .build())
                .create();
    }
}
