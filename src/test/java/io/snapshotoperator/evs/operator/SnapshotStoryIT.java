/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.snapshotoperator.evs.api.v1alpha1.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.RunningOperator;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SnapshotStoryIT {
    @Test
    void smoke() {
        try (var cluster = Cluster.realOrEmbedded();
                var cloud = EvsSimulator.start(SimulatorSettings.builder()
                        .snapshotTakes(Duration.ofSeconds(1))
                        .deletionTakes(Duration.ofMillis(500))
                        .anyDisk()
                        .build())) {
            var ns = cluster.freshNamespace("story");
            try (var operator = RunningOperator.start(cluster, RunningOperator.settings(cloud, ns))) {
                var request = new VolumeSnapshotRequest();
                request.setMetadata(new ObjectMetaBuilder()
                        .withName("snap-001")
                        .withNamespace(ns)
                        .build());
                request.setSpec(
                        VolumeSnapshotRequestSpec.of(SnapshotSource.ofVolume("5aa119a8-d25b-45a7-8d1b-88e127885635")));
                cluster.client().resource(request).create();
                await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                    var it = cluster.client().resource(request).get();
                    System.out.println(it.getStatus() + " " + it.getMetadata());
                    assertThat(it.getStatus().snapshotStatus()).isEqualTo("available");
                });
                cloud.ledger().calls().forEach(System.out::println);
                cluster.client().resource(request).delete();
                await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                                cluster.client().resource(request).get())
                        .isNull());
                cloud.ledger().calls().forEach(System.out::println);
                assertThat(cloud.snapshots().living()).isEmpty();
                cluster.client()
                        .v1()
                        .events()
                        .inNamespace(ns)
                        .list()
                        .getItems()
                        .forEach(e -> System.out.println(e.getReason() + " " + e.getMessage()));
            }
        }
    }
}
