/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Reads the log of the packaged operator. Skipped if the binaries of the API server are missing. */
class LogStoryIT {
    private static final String VOLUME = "5aa119a8-d25b-45a7-8d1b-88e127885635";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** With a short timeout, a busy machine makes the outcome of a create request unknown. */
    private static final Map<String, String> LONG_CALLS = Map.of(
            "evs.connection.timeout", "6s",
            "evs.create.settle-time", "8s",
            "evs.leader-election.lease-duration", "12s");

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    @Test
    void logsUndisturbedLifeInFourLines() {
        var story = prepare(LONG_CALLS);
        try (var operator = start(story, true)) {
            var uid = story.apply("nightly", ofVolume(VOLUME).build())
                    .getMetadata()
                    .getUid();
            var snapshotId = story.awaitReady("nightly").snapshotId();
            story.delete("nightly");
            story.awaitGone("nightly");

            var lines = linesAbout(operator, "uid", uid, 4);
            assertThat(lines)
                    .extracting(line -> line.path("message").asText())
                    .containsExactly(
                            "Snapshot create accepted",
                            "Reason changed",
                            "Snapshot delete accepted",
                            "Finalizer removed");
            assertThat(lines).allSatisfy(line -> {
                assertThat(line.path("level").asText()).isEqualTo("INFO");
                assertThat(line.path("namespace").asText()).isEqualTo(story.namespace());
                assertThat(line.path("name").asText()).isEqualTo("nightly");
                assertThat(line.path("snapshotId").asText()).isEqualTo(snapshotId);
            });
            assertThat(lines.get(0).path("volumeId").asText()).isEqualTo(VOLUME);
            assertThat(lines.get(0).path("createId").asText()).isNotEmpty();
            assertThat(lines.get(0).path("durationMs").asText()).matches("\\d+");
            assertThat(lines.get(1).path("reason").asText()).isEqualTo("SnapshotAvailable");
        }
    }

    @Test
    void logsWrongPasswordOnceAndItsEnd(@TempDir Path credentials) {
        var story = prepare(credentialsIn(credentials));
        var account = story.cloud().settings().account();
        write(credentials, "username", account.user());
        write(credentials, "domainName", account.domain());
        write(credentials, "password", "not-the-password");
        try (var operator = start(story, true)) {
            story.apply("first", ofVolume(VOLUME).build());
            story.apply("second", ofVolume(VOLUME).build());
            story.awaitReason("first", CommonReason.NotAuthorized);
            story.awaitReason("second", CommonReason.NotAuthorized);

            write(credentials, "password", account.password());
            for (var name : List.of("first", "second")) {
                reconcileUntilReady(story, name);
            }

            var lines = linesAbout(operator, "connection", "operator", 2);
            assertThat(lines)
                    .extracting(line -> line.path("level").asText() + " "
                            + line.path("message").asText() + " "
                            + line.path("reason").asText())
                    .containsExactly(
                            "WARN Connection trouble started NotAuthorized",
                            "INFO Connection trouble over NotAuthorized");
            assertThat(lines.get(0).path("detail").asText()).contains("log in");
            assertThat(operator.log()).doesNotContain("not-the-password", account.password(), "\tat ");
        }
    }

    @Test
    void printsKeyValuesInTextOutput() {
        var story = prepare(LONG_CALLS);
        try (var operator = start(story, false)) {
            story.apply("nightly", ofVolume(VOLUME).build());
            var snapshotId = story.awaitReady("nightly").snapshotId();

            operator.awaitLog("Reason changed namespace=" + story.namespace() + " name=nightly");
            assertThat(operator.log().lines())
                    .filteredOn(line -> line.contains("Snapshot create accepted"))
                    .singleElement()
                    .asString()
                    .contains(
                            "Snapshot create accepted namespace=" + story.namespace() + " name=nightly uid=",
                            " action=create result=accepted reason=WaitingForCloud durationMs=",
                            " snapshotId=" + snapshotId,
                            " volumeId=" + VOLUME);
        }
    }

    /** Asks again and again: the operator reads the credentials at most once a second, and each request counts once. */
    private static void reconcileUntilReady(Story story, String name) {
        Story.eventually().pollInterval(Duration.ofSeconds(2)).untilAsserted(() -> {
            story.annotate(name, Api.RECONCILE_REQUESTED_AT, Instant.now().toString());
            assertThat(story.condition(name, "Ready").getReason()).isEqualTo("SnapshotAvailable");
        });
    }

    private static Story prepare(Map<String, String> settings) {
        return stories.prepare(
                SimulatorSettings.builder()
                        .snapshotTakes(Duration.ofMillis(600))
                        .deletionTakes(Duration.ofMillis(400))
                        .volume(Volume.available(VOLUME)),
                settings);
    }

    private static OperatorProcess start(Story story, boolean json) {
        return OperatorProcess.packaged("log")
                .kubeconfig(stories.server().kubeconfig())
                .settings(story.settings())
                .environment("QUARKUS_LOG_CONSOLE_JSON_ENABLED", String.valueOf(json))
                .javaOptions("-Xmx128m")
                .start()
                .awaitLeading();
    }

    private static Map<String, String> credentialsIn(Path directory) {
        var settings = new HashMap<>(LONG_CALLS);
        settings.put("evs.connection.credentials.directory", directory.toString());
        return settings;
    }

    private static void write(Path directory, String name, String value) {
        try {
            Files.writeString(directory.resolve(name), value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until so many lines have this field. Returns all of them. */
    private static List<JsonNode> linesAbout(OperatorProcess operator, String field, String value, int count) {
        Story.eventually().until(() -> lines(operator, field, value).count() >= count);
        return lines(operator, field, value).toList();
    }

    private static Stream<JsonNode> lines(OperatorProcess operator, String field, String value) {
        return operator.log()
                .lines()
                .filter(line -> line.startsWith("{"))
                .map(LogStoryIT::parse)
                .filter(line -> value.equals(line.path(field).asText()));
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException incomplete) {
            return JSON.createObjectNode();
        }
    }
}
