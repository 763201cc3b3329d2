/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.crd;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static io.snapshotoperator.evs.testing.StoryExtension.volumeId;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Objects survive the upgrade of the definitions from an older commit, and the way back. This commit had no EvsConnection. No
 * image of it exists, so the operator of this commit brings the objects into their states, under the older definition. Both
 * commits write the same annotations and status.
 */
class CrdUpgradeIT {
    private static final Path GUIDE = Path.of("docs", "operate", "upgrade.md");
    private static final String UPGRADE = "kubectl apply --server-side --force-conflicts -f crds/";
    private static final String SLOW = volumeId("slow");
    private static final String DELETED = volumeId("deleted");
    private static final String LOST = volumeId("lost");
    private static final String ATTACHED = volumeId("attached");

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onOwnApiServer();

    @BeforeEach
    void installOlderDefinition() throws IOException {
        stories.server().installCrds();
        installOlder();
    }

    @Test
    void continuesRequestsInFlightAfterUpgrade() throws IOException {
        var story = stories.prepare(cloud().volume(Volume.available(SLOW))
                .volume(Volume.available(DELETED))
                .volume(Volume.available(LOST))
                .volume(Volume.inUse(ATTACHED)));
        story.cloud().faults().add(FaultRule.always(Fault.STUCK_CREATING).ofVolume(SLOW));
        story.cloud().faults().add(FaultRule.always(Fault.STUCK_CREATING).ofVolume(DELETED));
        var foreign = story.cloud().snapshots().addForeign(VOLUME, "golden", Map.of());
        story.startOperator();
        bringIntoFlight(story, foreign.id());
        story.stopOperator();
        stories.server().client().resource(definition(EvsConnection.class)).delete();
        story.apply("new", ofVolume(VOLUME).build());
        var before = objects(story);

        upgrade();

        assertThat(objects(story)).isEqualTo(before);
        story.cloud().faults().clear();
        story.startOperator();
        for (var snapshot : story.cloud().snapshots().living()) {
            if (snapshot.status().equals("creating")) {
                story.cloud().snapshots().setStatus(snapshot.id(), "available");
            }
        }
        for (var name : List.of("ready", "creating", "lost", "imported", "new")) {
            story.awaitReady(name);
        }
        Story.eventually().untilAsserted(() -> assertThat(story.find("deleted")).isEmpty());
        var after = objects(story);
        for (var name : List.of("ready", "imported", "creating")) {
            assertThat(lasting(after.get(name))).isEqualTo(lasting(before.get(name)));
        }
        // The operator repeats this create request after its start, so its failure and create intent change.
        assertThat(before.get("attached").at("/status/failedAttempts").toString())
                .contains("in-use");
        assertThat(after.get("attached").path("spec"))
                .isEqualTo(before.get("attached").path("spec"));
        assertThat(story.cloud().callLog().createsActedOnBy(OwnershipMarker.UID).values())
                .as("executed create requests of each request: ready, creating, deleted, lost, new")
                .hasSize(5)
                .allMatch(creates -> creates.size() == 1);
        assertThat(story.cloud().snapshots().living()).hasSize(5);
    }

    private static void bringIntoFlight(Story story, String foreign) {
        story.apply("ready", ofVolume(VOLUME).build());
        story.apply("imported", ofSnapshot(foreign).build());
        story.apply("creating", ofVolume(SLOW).build());
        story.apply("deleted", ofVolume(DELETED).build());
        story.apply("attached", ofVolume(ATTACHED).build());
        story.awaitReady("ready");
        story.awaitReady("imported");
        story.awaitReason("creating", SnapshotReason.WaitingForCloud);
        story.awaitReason("deleted", SnapshotReason.WaitingForCloud);
        story.awaitReason("attached", CommonReason.VolumeAttached);
        story.delete("deleted");
        story.awaitReason("deleted", SnapshotReason.WaitingToDelete);
        // While lists fail, the operator cannot find the snapshot of the lost response.
        story.cloud().faults().add(FaultRule.always(Fault.SERVER_ERROR).on(Operation.LIST));
        story.cloud()
                .faults()
                .add(FaultRule.once(Fault.ANSWER_LOST_AFTER_ACTING)
                        .on(Operation.CREATE)
                        .ofVolume(LOST));
        story.apply("lost", ofVolume(LOST).build());
        Story.eventually()
                .untilAsserted(() ->
                        assertThat(story.cloud().callLog().createsActedOn()).hasSize(4));
        assertThat(story.status("lost").snapshotId()).isNull();
    }

    /** The way back: the older definition is applied over the newer one, as the guide says. */
    @Test
    void keepsObjectsUnderOlderDefinitionAndContinuesAfterNextUpgrade(@TempDir Path folder) throws IOException {
        var team = stories.team(cloud(), folder);
        upgrade();
        team.writeAccessKey();
        team.connect("default");
        var story = stories.begin(
                cloud(),
                Map.of(
                        "evs.namespaces",
                        team.namespace(),
                        "evs.connections.hosts",
                        "127.0.0.1",
                        "evs.connections.private-addresses",
                        "true"));
        team.request("nightly", ofVolume(VOLUME).build());
        team.request("named", ofVolume(VOLUME).connection("default").build());
        team.awaitRequest("nightly", SnapshotReason.SnapshotAvailable);
        team.awaitRequest("named", SnapshotReason.SnapshotAvailable);
        story.stopOperator();
        var before = objects(team.namespace());

        installOlder();

        assertThat(objects(team.namespace())).isEqualTo(before);
        assertThat(team.connection("default")).isPresent();
        upgrade();
        story.startOperator();
        team.awaitConnection("default", ConnectionReason.ConnectionReady);
        team.deleteRequest("nightly");
        Story.eventually()
                .untilAsserted(() -> assertThat(team.findRequest("nightly")).isEmpty());
        assertThat(team.cloud().callLog().createsActedOn()).hasSize(2);
        assertThat(team.cloud().snapshots().living()).hasSize(1);
    }

    private static void installOlder() throws IOException {
        kubectl("apply", "--server-side", "--force-conflicts", "-f", CrdCompatibilityTest.OLDER.toString());
        assertThat(definitionText("volumesnapshotrequests")).contains("This version does not support it yet");
    }

    /** Runs the command of the guide. */
    private static void upgrade() throws IOException {
        assertThat(Files.readString(GUIDE)).contains(UPGRADE);
        kubectl(UPGRADE.substring("kubectl ".length()).split(" "));
        kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
        assertThat(definitionText("volumesnapshotrequests")).doesNotContain("This version does not support it yet");
        assertThat(definitionText("evsconnections")).contains("credentialsSecretRef");
    }

    private static String definitionText(String plural) {
        return kubectl("get", "crd", plural + ".evs.snapshot-operator.io", "-o", "json");
    }

    private static CustomResourceDefinition definition(Class<?> kind) {
        return stories.server().client().apiextensions().v1().customResourceDefinitions().list().getItems().stream()
                .filter(definition -> definition.getSpec().getNames().getKind().equals(kind.getSimpleName()))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, JsonNode> objects(Story story) throws IOException {
        return objects(story.namespace());
    }

    /** All requests of the namespace as the API server stores them, with fields that this program may not know. */
    private static Map<String, JsonNode> objects(String namespace) throws IOException {
        var all = new TreeMap<String, JsonNode>();
        new ObjectMapper()
                .readTree(kubectl("get", "vsr", "-n", namespace, "-o", "json"))
                .path("items")
                .forEach(object -> all.put(object.at("/metadata/name").asText(), object));
        return all;
    }

    /** What the further life of a request does not change. */
    private static List<JsonNode> lasting(JsonNode object) {
        var values = new ArrayList<JsonNode>();
        for (var path : List.of(
                "/metadata/uid",
                "/spec",
                "/metadata/finalizers",
                "/metadata/annotations/evs.snapshot-operator.io~1create-intent",
                "/status/snapshotId",
                "/status/snapshotName",
                "/status/volumeId",
                "/status/sizeGiB",
                "/status/createdAt",
                "/status/projectId",
                "/status/endpoint")) {
            values.add(object.at(path));
        }
        return values;
    }

    private static String kubectl(String... arguments) {
        var output = stories.server().kubectl(arguments);
        assertThat(output.exit())
                .as(Arrays.toString(arguments) + "\n" + output.err())
                .isZero();
        return output.out();
    }
}
