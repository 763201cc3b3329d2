/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.simulator.SimulatorSettingsBuilder;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.RealApiServer;
import io.snapshotoperator.evs.testing.Story;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A whole namespace goes, with the real namespace controller: events are refused there, so the object must say it all. */
class NamespaceDeletionIT {
    private static final String VOLUME = "5aa119a8-d25b-45a7-8d1b-88e127885635";
    private static Cluster cluster;

    @BeforeAll
    static void open() {
        var server = RealApiServer.shared(RealApiServer.NEWEST);
        Assumptions.assumeTrue(
                server.startControllers("namespace-controller"), "skipped: there is no kube-controller-manager");
        cluster = Cluster.realOrEmbedded();
    }

    private static SimulatorSettingsBuilder cloud() {
        return SimulatorSettings.builder()
                .snapshotTakes(Duration.ofMillis(400))
                .deletionTakes(Duration.ofMillis(400))
                .volume(Volume.available(VOLUME));
    }

    /** The lease lives elsewhere, as in an installation: the namespace that goes must not take it along. */
    private static Map<String, String> leaseElsewhere() {
        return Map.of("evs.leader-election.lease-namespace", cluster.freshNamespace("lease"));
    }

    @Test
    void deletesSnapshotsOfDeletedNamespace() {
        try (var story = Story.begin(cluster, cloud(), leaseElsewhere())) {
            story.apply("one", ofVolume(VOLUME).build());
            story.apply("two", ofVolume(VOLUME).build());
            story.awaitReady("one");
            story.awaitReady("two");
            story.kubernetes().namespaces().withName(story.namespace()).delete();
            Story.eventually().untilAsserted(() -> assertThat(story.kubernetes()
                            .namespaces()
                            .withName(story.namespace())
                            .get())
                    .isNull());
            assertThat(story.cloud().snapshots().living()).isEmpty();
        }
    }

    @Test
    void reportsNotAuthorizedAndAllowsAbandonInTerminatingNamespace() {
        try (var story = Story.begin(cluster, cloud(), leaseElsewhere())) {
            story.apply("nightly", ofVolume(VOLUME).build());
            story.awaitReady("nightly");
            story.cloud().credentials().changePassword("another");
            story.cloud().tokens().expireAll();
            story.kubernetes().namespaces().withName(story.namespace()).delete();
            story.awaitReason("nightly", CommonReason.NotAuthorized);
            assertThat(story.condition("nightly", "Ready").getMessage()).contains("credentials");
            story.annotate("nightly", Api.ABANDON, "true");
            Story.eventually().untilAsserted(() -> assertThat(story.kubernetes()
                            .namespaces()
                            .withName(story.namespace())
                            .get())
                    .isNull());
            assertThat(story.cloud().snapshots().living()).hasSize(1);
        }
    }
}
