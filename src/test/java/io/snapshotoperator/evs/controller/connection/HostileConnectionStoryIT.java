/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.http.ScriptedCloud;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.simulator.CallLogEntry;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Snapshot;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.ShownTexts;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import io.snapshotoperator.evs.testing.Team;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Teams with different credentials work at the same time as a team whose cloud hangs and a team whose endpoints lie in every
 * way of {@link Lie}. The administrator allows these endpoints. Nothing crosses from one team to another, and nobody waits.
 */
class HostileConnectionStoryIT {
    /** Far below the time that the hanging cloud and the slow endpoint take, and enough for a busy machine. */
    private static final Duration IN_TIME = Duration.ofSeconds(15);

    private static final String PROJECT_A = "11111111111111111111111111111111";
    private static final String PROJECT_B = "22222222222222222222222222222222";

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onAnyApi();

    @TempDir
    Path directory;

    private final List<ScriptedCloud> hostile = new ArrayList<>();

    @AfterEach
    void stopHostileEndpoints() throws IOException {
        for (var endpoint : hostile) {
            endpoint.close();
        }
    }

    @Test
    void nothingCrossesFromHostileConnectionsAndNobodyWaits() throws IOException {
        var a = stories.team(cloud().project(PROJECT_A, "project-a"), directory);
        var b = stories.team(cloud().project(PROJECT_B, "project-b"), directory);
        var hanging = stories.team(cloud().latency(Duration.ofSeconds(30)), directory);
        var liar = stories.team(cloud().user("liar", "the-password-of-the-liar"), directory);
        a.writeAccessKey();
        b.writePassword();
        hanging.writePassword();
        liar.writePassword();
        Stream.of(a, b, hanging).forEach(team -> team.connect("default"));
        for (var lie : Lie.values()) {
            connect(lie, liar, a, b);
        }
        var settings = new HashMap<>(Team.settings(Stream.of(a, b, hanging, liar)));
        settings.putAll(Map.of("evs.connection.timeout", "2s", "evs.leader-election.lease-duration", "8s"));
        try (var texts = ShownTexts.capture(stories.cluster().client())) {
            stories.begin(cloud(), settings);
            a.request("first", ofVolume(VOLUME).build());
            b.request("first", ofVolume(VOLUME).build());
            a.awaitRequest("first", SnapshotReason.SnapshotAvailable);
            b.awaitRequest("first", SnapshotReason.SnapshotAvailable);
            var snapshotsOfA = a.cloud().snapshots().living();
            for (var number = 0; number < 20; number++) {
                hanging.request("hanging-" + number, ofVolume(VOLUME).build());
            }
            for (var lie : Lie.values()) {
                var name = lie.connection();
                liar.request(name + "-create", ofVolume(VOLUME).connection(name).build());
                liar.request(
                        name + "-import",
                        ofSnapshot(snapshotsOfA.get(0).id())
                                .onDeletion(DeletionPolicy.Delete)
                                .connection(name)
                                .build());
            }

            var started = Instant.now();
            a.request("second", ofVolume(VOLUME).build());
            a.awaitRequest("second", SnapshotReason.SnapshotAvailable);
            assertThat(Duration.between(started, Instant.now())).isLessThan(IN_TIME);

            b.cloud().credentials().changePassword("changed-password-of-b");
            b.cloud().tokens().expireAll();
            b.writePassword("changed-password-of-b");
            b.request("second", ofVolume(VOLUME).build());
            b.awaitRequest("second", SnapshotReason.SnapshotAvailable);

            for (var lie : Lie.values()) {
                assertThat(liar.awaitConnection(lie.connection(), lie.reported()))
                        .as(lie.connection())
                        .isNotEmpty();
            }
            hanging.awaitConnection("default", CommonReason.CloudUnavailable);
            Stream.of(a, b).forEach(team -> team.awaitConnection("default", ConnectionReason.ConnectionReady));

            for (var lie : Lie.values()) {
                liar.deleteRequest(lie.connection() + "-create");
                liar.deleteRequest(lie.connection() + "-import");
            }
            var last = Instant.now();
            a.deleteRequest("second");
            Story.eventually()
                    .untilAsserted(() -> assertThat(a.findRequest("second")).isEmpty());
            assertThat(Duration.between(last, Instant.now())).isLessThan(IN_TIME);

            assertOnlyOwnCalls(a, PROJECT_A, 2, snapshotsOfA);
            assertOnlyOwnCalls(b, PROJECT_B, 2, b.cloud().snapshots().living());
            Set.of("first").forEach(name -> Stream.of(a, b)
                    .forEach(team -> assertThat(statusOf(team, name)).contains("SnapshotAvailable")));
            texts.assertShowNothing(
                    List.of(
                            "the-password-of-the-liar",
                            "changed-password-of-b",
                            a.cloud().settings().account().secretKey(),
                            b.cloud().settings().account().password(),
                            // The tokens of the hostile endpoints.
                            "token-"),
                    Stream.of(a, b, hanging, liar).map(Team::namespace).toList());
        }
    }

    private void connect(Lie lie, Team liar, Team a, Team b) throws IOException {
        var endpoint = ScriptedCloud.startWithTls(liar.tls());
        hostile.add(endpoint);
        var world = new KnownWorld(endpoint, a, b);
        endpoint.evsRespondsByDefault(request -> lie.respond(request, world));
        var url = "https://127.0.0.1:" + endpoint.port();
        liar.connect(
                lie.connection(), liar.spec().endpoint(url).iamEndpoint(url).build());
    }

    /** All calls to the cloud of the team are those of its own requests, and its snapshots are as they were. */
    private static void assertOnlyOwnCalls(Team team, String projectId, int creates, List<Snapshot> snapshots) {
        var log = team.cloud().callLog();
        assertThat(log.createsActedOn()).hasSize(creates).allSatisfy(create -> assertThat(
                        create.metadata().get("evs-snapshot-operator.namespace"))
                .isEqualTo(team.namespace()));
        assertThat(team.cloud().snapshots().living()).containsAll(snapshots);
        assertThat(log.calls(Operation.UPDATE)).isEmpty();
        assertThat(log.calls(Operation.DELETE))
                .extracting(call -> call.snapshotId().orElseThrow())
                .doesNotContainAnyElementsOf(
                        snapshots.stream().map(Snapshot::id).toList());
        assertThat(log.calls())
                .extracting(CallLogEntry::path)
                .filteredOn(path -> path.contains("snapshots"))
                .allMatch(path -> path.contains(projectId));
    }

    private static String statusOf(Team team, String request) {
        return team.findRequest(request)
                .map(VolumeSnapshotRequest::getStatus)
                .map(String::valueOf)
                .orElse("");
    }

    /** A hostile endpoint that knows the clouds of two teams. */
    private record KnownWorld(ScriptedCloud endpoint, Team a, Team b) implements Lie.World {
        @Override
        public Collection<Snapshot> others() {
            return Stream.of(a, b)
                    .flatMap(team -> team.cloud().snapshots().living().stream())
                    .toList();
        }

        @Override
        public String otherCloud() {
            return a.cloud().endpoint().toString();
        }

        @Override
        public String password() {
            return "the-password-of-the-liar";
        }

        @Override
        public Map<String, String> markerOfLastCreate() {
            return endpoint.evsRequests().stream()
                    .filter(Lie::isCreate)
                    .reduce((first, second) -> second)
                    .map(Lie::metadata)
                    .orElse(Map.of());
        }
    }
}
