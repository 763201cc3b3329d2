/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofClaim;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.SimulatorSettingsBuilder;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import io.snapshotoperator.evs.testing.Team;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Teams with connections of their own, each to a cloud of its own over HTTPS. */
class ConnectionStoryIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onAnyApi();

    @TempDir
    Path directory;

    @Test
    void servesTwoTeamsWithDifferentKindsOfCredentials() {
        var a = team(cloud().project("11111111111111111111111111111111", "project-a"));
        var b = team(cloud().project("22222222222222222222222222222222", "project-b"));
        a.writeAccessKey();
        b.writePassword();
        a.connect("default");
        b.connect("project-b");
        var story = begin(a, b);

        a.request("nightly", ofVolume(VOLUME).build());
        b.request("nightly", ofVolume(VOLUME).connection("project-b").build());
        b.request("without", ofVolume(VOLUME).build());

        a.awaitRequest("nightly", SnapshotReason.SnapshotAvailable);
        b.awaitRequest("nightly", SnapshotReason.SnapshotAvailable);
        // The story serves every namespace over the operator's own connection.
        b.awaitRequest("without", SnapshotReason.SnapshotAvailable);
        assertThat(a.findRequest("nightly").orElseThrow().getStatus().projectId())
                .isEqualTo("11111111111111111111111111111111");
        assertThat(b.findRequest("nightly").orElseThrow().getStatus().projectId())
                .isEqualTo("22222222222222222222222222222222");
        Stream.of(a.cloud(), b.cloud(), story.cloud())
                .forEach(cloud -> assertThat(cloud.callLog().createsActedOn()).hasSize(1));
        assertThat(a.connection("default").orElseThrow().getStatus().projectId())
                .isEqualTo("11111111111111111111111111111111");
    }

    @Test
    void usesChangedPasswordWithoutRestart() {
        var team = team(cloud());
        team.writePassword();
        team.connect("default");
        begin(team);
        team.awaitConnection("default", ConnectionReason.ConnectionReady);

        team.cloud().credentials().changePassword("another");
        team.cloud().tokens().expireAll();
        team.request("first", ofVolume(VOLUME).build());
        team.awaitRequest("first", CommonReason.NotAuthorized);
        team.awaitConnection("default", CommonReason.NotAuthorized);
        team.writePassword("another");

        team.awaitRequest("first", SnapshotReason.SnapshotAvailable);
        team.awaitConnection("default", ConnectionReason.ConnectionReady);
    }

    @Test
    void waitsForSecretThatIsCreatedLater() {
        var team = team(cloud());
        team.connect("default");
        team.request("nightly", ofVolume(VOLUME).build());
        begin(team);

        assertThat(team.awaitConnection("default", ConnectionReason.SecretNotFound))
                .contains("evs-credentials");
        assertThat(team.awaitRequest("nightly", CommonReason.ConnectionNotReady))
                .contains("evs-credentials");
        team.writeSecret(Map.of("username", "somebody"));
        assertThat(team.awaitConnection("default", ConnectionReason.CredentialsInvalid))
                .contains("key password of Secret evs-credentials is missing");
        team.writePassword();

        team.awaitRequest("nightly", SnapshotReason.SnapshotAvailable);
        assertThat(team.cloud().callLog().createsActedOn()).hasSize(1);
    }

    @Test
    void slowConnectionsDelayNoOther() {
        var quick = team(cloud());
        quick.writeAccessKey();
        quick.connect("default");
        var all = new ArrayList<>(List.of(quick));
        for (var number = 0; number < 3; number++) {
            var slow = team(cloud().latency(Duration.ofSeconds(30)));
            slow.writePassword();
            slow.connect("default");
            all.add(slow);
        }
        begin(
                Map.of("evs.connection.timeout", "2s", "evs.leader-election.lease-duration", "8s"),
                all.toArray(Team[]::new));
        var slow = all.subList(1, all.size());
        slow.forEach(team -> IntStream.range(0, 40)
                .forEach(number ->
                        team.request("slow-" + number, ofVolume(VOLUME).build())));

        quick.request("nightly", ofVolume(VOLUME).build());

        quick.awaitRequest("nightly", SnapshotReason.SnapshotAvailable);
        slow.forEach(team -> assertThat(team.awaitConnection("default", CommonReason.CloudUnavailable))
                .isNotEmpty());
    }

    @Test
    void throttledConnectionDelaysNoOther() {
        var throttled = team(cloud());
        var quick = team(cloud());
        Stream.of(throttled, quick).forEach(team -> {
            team.writeAccessKey();
            team.connect("default");
        });
        begin(throttled, quick);
        throttled.awaitConnection("default", ConnectionReason.ConnectionReady);
        throttled.cloud().faults().add(FaultRule.always(Fault.THROTTLED));
        throttled.request("nightly", ofVolume(VOLUME).build());
        throttled.awaitRequest("nightly", CommonReason.Throttled);

        quick.request("nightly", ofVolume(VOLUME).build());

        quick.awaitRequest("nightly", SnapshotReason.SnapshotAvailable);
    }

    @Test
    void sendsNothingToHostsThatAreNotAllowed() {
        var team = team(cloud());
        team.writeAccessKey();
        team.connect(
                "elsewhere", team.spec().endpoint("https://169.254.169.254").build());
        team.connect("default");
        begin(Map.of("evs.connections.private-addresses", "false"), team);

        assertThat(team.awaitConnection("elsewhere", ConnectionReason.ConnectionInvalid))
                .contains("spec.endpoint");
        assertThat(team.awaitConnection("default", CommonReason.ConnectionMisconfigured))
                .contains("not public");
        assertThat(team.cloud().callLog().calls()).isEmpty();
    }

    @Test
    void keepsConnectionUntilNoRequestNeedsIt() {
        var team = team(cloud());
        team.writeAccessKey();
        team.connect("default");
        begin(team);
        team.request("nightly", ofVolume(VOLUME).build());
        team.awaitRequest("nightly", SnapshotReason.SnapshotAvailable);

        team.deleteConnection("default");
        assertThat(team.awaitConnection("default", ConnectionReason.ConnectionInUse))
                .contains("nightly");
        team.request("late", ofVolume(VOLUME).build());
        team.awaitRequest("late", CommonReason.ConnectionNotFound);
        team.deleteSecret();
        team.deleteRequest("nightly");

        Story.eventually()
                .untilAsserted(() -> assertThat(team.connection("default")).isEmpty());
        assertThat(team.findRequest("nightly")).isEmpty();
        assertThat(team.cloud().snapshots().living()).isEmpty();
        assertThat(team.cloud().callLog().createsActedOn()).hasSize(1);
    }

    @Test
    void namesMissingSecretAfterRestartDuringDeletion() {
        var team = team(cloud());
        team.writeAccessKey();
        team.connect("default");
        var story = begin(team);
        team.request("nightly", ofVolume(VOLUME).build());
        team.awaitRequest("nightly", SnapshotReason.SnapshotAvailable);
        story.stopOperator();
        team.deleteSecret();
        team.deleteConnection("default");
        team.deleteRequest("nightly");
        story.startOperator();

        assertThat(team.awaitRequest("nightly", CommonReason.ConnectionNotReady))
                .contains("evs-credentials", "abandon");
        assertThat(team.awaitConnection("default", ConnectionReason.ConnectionInUse))
                .contains("nightly", "evs-credentials");
        team.annotate("nightly", Api.ABANDON, "true");

        Story.eventually()
                .untilAsserted(() -> assertThat(team.connection("default")).isEmpty());
        assertThat(team.cloud().snapshots().living()).hasSize(1);
    }

    @Test
    void keepsReadySnapshotReadyWhileConnectionIsBroken() {
        var team = team(cloud());
        team.writeAccessKey();
        team.connect("default");
        var story = begin(team);
        team.request("nightly", ofVolume(VOLUME).build());
        team.awaitRequest("nightly", SnapshotReason.SnapshotAvailable);
        var before = team.findRequest("nightly").orElseThrow().getMetadata().getResourceVersion();
        story.stopOperator();
        team.deleteSecret();
        story.startOperator();

        team.awaitConnection("default", ConnectionReason.SecretNotFound);
        team.request("another", ofVolume(VOLUME).build());
        team.awaitRequest("another", CommonReason.ConnectionNotReady);

        assertThat(team.findRequest("nightly").orElseThrow().getMetadata().getResourceVersion())
                .isEqualTo(before);
    }

    @Test
    void changedSpecOfReadyRequestStaysUnobservedWhileConnectionIsBroken() {
        var team = team(cloud());
        team.writeAccessKey();
        team.connect("default");
        begin(team);
        team.request("nightly", ofVolume(VOLUME).named("before").build());
        team.awaitRequest("nightly", SnapshotReason.SnapshotAvailable);
        team.deleteSecret();
        team.awaitConnection("default", ConnectionReason.SecretNotFound);

        team.editRequest("nightly", ofVolume(VOLUME).named("after").ttl("1s").build());
        team.request("another", ofVolume(VOLUME).build());
        team.awaitRequest("another", CommonReason.ConnectionNotReady);

        var unseen = team.findRequest("nightly").orElseThrow();
        assertThat(unseen.getStatus().observedGeneration())
                .as("kstatus reads a smaller one than metadata.generation as in progress")
                .isLessThan(unseen.getMetadata().getGeneration());
        team.writeAccessKey();
        Story.eventually()
                .untilAsserted(() -> assertThat(team.findRequest("nightly")).isEmpty());
    }

    @Test
    void ownConnectionServesOnlyWhatAdministratorLists() {
        var unlisted = team(cloud());
        var claims = team(cloud());
        var story = begin(
                Map.of(
                        "evs.connection.namespaces",
                        claims.namespace(),
                        "evs.connection.raw-id-namespaces",
                        "nobody",
                        "evs.connection.import-deletion-namespaces",
                        "nobody"),
                Stream.of(unlisted, claims));

        unlisted.request("nightly", ofVolume(VOLUME).build());
        claims.request("by-id", ofVolume(VOLUME).build());
        claims.request("by-claim", ofClaim("data").build());

        assertThat(unlisted.awaitRequest("nightly", CommonReason.NamespaceNotServed))
                .contains("EvsConnection", "evs.connection.namespaces");
        assertThat(claims.awaitRequest("by-id", CommonReason.SourceNotAllowed)).contains("id of a volume");
        claims.awaitRequest("by-claim", CommonReason.WaitingForClaim);
        assertThat(story.cloud().callLog().count(Operation.CREATE)).isZero();

        unlisted.writeAccessKey();
        unlisted.connect("default");
        unlisted.awaitRequest("nightly", SnapshotReason.SnapshotAvailable);
        assertThat(unlisted.cloud().callLog().createsActedOn()).hasSize(1);
    }

    private Team team(SimulatorSettingsBuilder cloud) {
        return stories.team(cloud, directory);
    }

    private Story begin(Team... teams) {
        return begin(Map.of(), Arrays.stream(teams));
    }

    private Story begin(Map<String, String> settings, Team... teams) {
        return begin(settings, Arrays.stream(teams));
    }

    private Story begin(Map<String, String> overrides, Stream<Team> teams) {
        var settings = new HashMap<>(Team.settings(teams));
        settings.putAll(overrides);
        return stories.begin(cloud(), settings);
    }
}
