/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.InvariantInputs;
import io.snapshotoperator.evs.testing.RealApiServer;
import io.snapshotoperator.evs.testing.RunningOperator;
import io.snapshotoperator.evs.testing.Story;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two clusters with the same objects, as after a copy of etcd: names, UIDs, status and annotations are equal, and both reach
 * the same project of the cloud. The copy is between the etcd of two API servers, because no API server accepts a UID.
 */
class ClonedClusterStoryIT {
    private static RealApiServer original;
    private static RealApiServer clone;
    private static int namespaces;

    private String namespace;
    private EvsSimulator cloud;

    @BeforeAll
    static void startClusters() {
        original = RealApiServer.of(RealApiServer.NEWEST).start();
        clone = RealApiServer.of(RealApiServer.NEWEST).start();
        original.installCrds();
        clone.installCrds();
    }

    @AfterAll
    static void stopClusters() {
        Stream.of(original, clone).filter(server -> server != null).forEach(RealApiServer::close);
    }

    @BeforeEach
    void startCloud() {
        namespaces++;
        namespace = "shop-" + namespaces;
        for (var server : List.of(original, clone)) {
            assertThat(server.kubectl("create", "namespace", namespace).exit()).isZero();
        }
        cloud = EvsSimulator.start(cloud().build());
    }

    @AfterEach
    void stopCloud() {
        cloud.close();
    }

    @Test
    void cloneWithSameInstallationDeletesSnapshotOfOriginal() {
        try (var one = operator(original, "same")) {
            var request = createReady();
            copyToClone(request);
            try (var two = operator(clone, "same")) {
                clone.client().resource(request).delete();

                Story.eventually().untilAsserted(() -> assertThat(find(clone)).isNull());
                assertThat(cloud.snapshots().living()).isEmpty();
                awaitReason(original, SnapshotReason.SnapshotMissing);
                assertThat(cloud.callLog().createsActedOn()).hasSize(1);
            }
        }
    }

    @Test
    void cloneWithOtherInstallationShowsSnapshotButDoesNotDeleteIt() {
        try (var one = operator(original, "one")) {
            var request = createReady();
            copyToClone(request);
            try (var two = operator(clone, "two")) {
                awaitReason(clone, SnapshotReason.SnapshotAvailable);

                clone.client().resource(request).delete();

                awaitReason(clone, SnapshotReason.NotOwned);
                assertThat(cloud.callLog().count(Operation.DELETE)).isZero();
                awaitReason(original, SnapshotReason.SnapshotAvailable);
            }
        }
    }

    private VolumeSnapshotRequest createReady() {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withNamespace(namespace)
                .withName("nightly")
                .build());
        request.setSpec(ofVolume(VOLUME).build());
        original.client().resource(request).create();
        awaitReason(original, SnapshotReason.SnapshotAvailable);
        return find(original);
    }

    private void copyToClone(VolumeSnapshotRequest request) {
        original.copyStoredTo(clone, HasMetadata.getFullResourceName(VolumeSnapshotRequest.class));
        Story.eventually().untilAsserted(() -> assertThat(find(clone)).isNotNull());
        assertThat(find(clone).getMetadata().getUid())
                .isEqualTo(request.getMetadata().getUid());
        assertThat(find(clone).getStatus()).isEqualTo(request.getStatus());
    }

    private RunningOperator operator(RealApiServer cluster, String installation) {
        var settings = RunningOperator.settings(cloud, namespace);
        settings.put("evs.installation", installation);
        return RunningOperator.start(cluster.client().getConfiguration(), settings, Operator::new);
    }

    private VolumeSnapshotRequest find(RealApiServer cluster) {
        return cluster.client()
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(namespace)
                .withName("nightly")
                .get();
    }

    private void awaitReason(RealApiServer cluster, Reason reason) {
        Story.eventually().untilAsserted(() -> assertThat(InvariantInputs.condition(find(cluster), "Ready"))
                .hasValueSatisfying(
                        condition -> assertThat(condition.getReason()).isEqualTo(reason.name())));
    }
}
