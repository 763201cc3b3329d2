/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofClaim;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static io.snapshotoperator.evs.testing.StoryExtension.volumeId;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.RunningOperator;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The meters of a running operator, of one that waits for the Lease, and of one that lost it. */
class MetersStoryIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onAnyApi();

    @TempDir
    Path directory;

    /** Returns the sum of the gauges or counters with these tags; 0 if there is none. */
    private static double value(MeterRegistry meters, String name, String... tags) {
        return meters.find(name).tags(tags).gauges().stream()
                        .mapToDouble(Gauge::value)
                        .sum()
                + meters.find(name).tags(tags).counters().stream()
                        .mapToDouble(counter -> counter.count())
                        .sum();
    }

    private static List<String> gaugesOfLeader(RunningOperator operator) {
        return operator.meters().getMeters().stream()
                .filter(Gauge.class::isInstance)
                .map(meter -> meter.getId().getName())
                .filter(name -> name.startsWith("evs.") && !name.endsWith(".histogram"))
                .filter(name -> !name.equals("evs.snapshots.orphaned"))
                .distinct()
                .toList();
    }

    @Test
    void countsRequestsAndTimesReadiness() {
        var story = stories.begin();
        story.apply("ready", ofVolume(VOLUME).build());
        story.apply("waiting", ofClaim("no-such-claim").build());
        story.apply("lost", ofVolume(volumeId("no such volume")).build());
        story.awaitReady("ready");

        Story.eventually().untilAsserted(() -> {
            var meters = story.operator().meters();
            assertThat(value(meters, "evs.requests", "state", "ready")).isEqualTo(1);
            assertThat(value(meters, "evs.requests", "reason", "WaitingForClaim"))
                    .isEqualTo(1);
            assertThat(value(meters, "evs.requests", "state", "stalled", "reason", "VolumeNotFound"))
                    .isEqualTo(1);
            assertThat(value(meters, "evs.requests")).isEqualTo(3);
            assertThat(meters.get("evs.requests.time.to.ready")
                            .tag("source", "volume")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(meters.get("evs.requests.readiness.lag").timer().count()).isEqualTo(1);
            assertThat(value(meters, "evs.cloud.tokens", "cause", "first")).isEqualTo(1);
        });
    }

    @Test
    void countsAdoptionWhenResponseToCreateIsLost() {
        var story = stories.prepare();
        story.cloud().faults().once(Fault.ANSWER_LOST_AFTER_ACTING, Operation.CREATE);
        story.startOperator();

        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");

        Story.eventually().untilAsserted(() -> assertThat(value(story.operator().meters(), "evs.snapshots.adopted"))
                .isEqualTo(1));
    }

    @Test
    void countsDuplicateUntilItIsDeleted() {
        var story = stories.begin();
        var uid = story.apply("nightly", ofVolume(VOLUME).build()).getMetadata().getUid();
        story.awaitReady("nightly");
        story.stopOperator();
        var marker = new OwnershipMarker(uid, "create-0", "stories", story.namespace(), "nightly").addTo(Map.of());
        var twin = story.cloud().snapshots().addForeign(VOLUME, "twin", marker);
        // The operator keeps a duplicate that another request shows.
        story.apply("importing", ofSnapshot(twin.id()).build());
        story.startOperator();

        Story.eventually().untilAsserted(() -> assertThat(value(story.operator().meters(), "evs.snapshots.duplicated"))
                .isEqualTo(1));
        story.delete("importing");
        Story.eventually().untilAsserted(() -> {
            assertThat(value(story.operator().meters(), "evs.snapshots.duplicated"))
                    .isZero();
            assertThat(story.cloud().snapshots().find(twin.id())).isEmpty();
        });
    }

    @Test
    void countsConnectionsAndTheirOrphans() {
        var team = stories.team(cloud(), directory);
        team.connect("default");
        var story = stories.begin(
                cloud(),
                Map.of(
                        "evs.namespaces", team.namespace(),
                        "evs.connections.hosts", "127.0.0.1",
                        "evs.connections.private-addresses", "true"));
        team.awaitConnection("default", ConnectionReason.SecretNotFound);
        Story.eventually().untilAsserted(() -> assertThat(value(
                        story.operator().meters(),
                        "evs.connections",
                        "state",
                        "reconciling",
                        "reason",
                        "SecretNotFound"))
                .isEqualTo(1));

        team.writePassword();
        team.awaitConnection("default", ConnectionReason.ConnectionReady);
        team.request("nightly", ofVolume(VOLUME).build());
        team.awaitRequest("nightly", SnapshotReason.SnapshotAvailable);
        team.cloud()
                .snapshots()
                .addForeign(
                        VOLUME,
                        "left",
                        new OwnershipMarker("uid-0", "create-0", "stories", team.namespace(), "gone").addTo(Map.of()));

        Story.eventually().untilAsserted(() -> {
            var meters = story.operator().meters();
            assertThat(value(meters, "evs.connections", "state", "ready")).isEqualTo(1);
            assertThat(value(meters, "evs.connections")).isEqualTo(1);
            assertThat(value(meters, "evs.snapshots.orphaned")).isEqualTo(1);
        });

        team.deleteRequest("nightly");
        team.deleteConnection("default");
        Story.eventually().untilAsserted(() -> {
            var meters = story.operator().meters();
            assertThat(value(meters, "evs.connections")).isZero();
            assertThat(value(meters, "evs.snapshots.orphaned")).isZero();
        });
    }

    @Test
    void onlyLeaderHasGauges() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        var leader = story.operator();
        try (var standby = RunningOperator.start(stories.cluster(), story.settings())) {
            assertThat(gaugesOfLeader(leader))
                    .contains(
                            "evs.requests",
                            "evs.connections",
                            "evs.schedules",
                            "evs.schedules.overdue",
                            "evs.schedules.last.good.age",
                            "evs.snapshots.duplicated",
                            "evs.watch.healthy");
            assertThat(gaugesOfLeader(standby)).isEmpty();
            assertThat(value(standby.meters(), "evs.snapshots.orphaned")).isZero();

            story.stopOperator();

            assertThat(gaugesOfLeader(leader)).isEmpty();
            Story.eventually().untilAsserted(() -> {
                assertThat(standby.leads()).isTrue();
                assertThat(value(standby.meters(), "evs.requests", "state", "ready"))
                        .isEqualTo(1);
            });
        }
    }

    @Test
    void removesGaugesAtOnceWhenLeaseIsLost() {
        var story = stories.begin();
        var leader = story.operator();
        Story.eventually()
                .untilAsserted(() -> assertThat(gaugesOfLeader(leader)).contains("evs.requests"));

        // An administrator hands the Lease to another process. This process has not stopped anything yet.
        story.takeLease();

        Story.eventually().untilAsserted(() -> assertThat(leader.lostItsLease()).isTrue());
        assertThat(gaugesOfLeader(leader)).isEmpty();
    }
}
