/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.cloud.http.HostileText.assertNoSecret;
import static io.snapshotoperator.evs.cloud.http.HostileText.assertNothingRaw;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.snapshotoperator.evs.cloud.http.HostileText;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A cloud that repeats password and token in all its texts, with terminal sequences, line breaks and words without an end. The
 * operator records what it must know, and shows nothing of them: not in objects, events and logs, and not in the report of
 * orphans.
 */
class HostileCloudStoryIT {
    private static final String ECHOED = "11111111-d25b-45a7-8d1b-88e127885635";
    private static final String REJECTED = "22222222-d25b-45a7-8d1b-88e127885635";
    private static final String UNUSABLE_ID = "33333333-d25b-45a7-8d1b-88e127885635";

    /** The first characters of the tokens of the simulator, as they are and in Base64. */
    private static final List<String> TOKEN_STARTS = List.of("MII", "TUlJ");

    private static final Map<String, String> LONG_CALLS = Map.of(
            "evs.connection.timeout", "6s",
            "evs.create.settle-time", "8s",
            "evs.leader-election.lease-duration", "12s");

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    @Test
    void recordsIdsAndShowsNothingRaw() {
        var story = stories.prepare(
                StoryExtension.cloud()
                        .volume(Volume.available(ECHOED))
                        .volume(Volume.available(REJECTED))
                        .volume(Volume.available(UNUSABLE_ID)),
                LONG_CALLS);
        var password = story.cloud().settings().account().password();
        var hostile =
                HostileText.formsOf(password).stream().map(HostileText::around).collect(Collectors.joining());
        var faults = story.cloud().faults();
        faults.add(FaultRule.always(Fault.CREDENTIALS_ECHOED).withText(hostile).ofVolume(ECHOED));
        faults.add(FaultRule.once(Fault.STATUS_WORD)
                .on(Operation.CREATE)
                .withText("available\u200b" + "w".repeat(40_000))
                .ofVolume(ECHOED));
        faults.add(FaultRule.always(Fault.CREDENTIALS_ECHOED_IN_ERROR)
                .on(Operation.CREATE)
                .withText(hostile)
                .ofVolume(REJECTED));
        faults.add(FaultRule.once(Fault.UNREADABLE_SUCCESS)
                .withText("../../../v3/users")
                .ofVolume(UNUSABLE_ID));
        try (var operator = start(story)) {
            story.apply("echoed", ofVolume(ECHOED).build());
            story.apply("rejected", ofVolume(REJECTED).build());
            story.apply("unusable-id", ofVolume(UNUSABLE_ID).build());

            var echoed = story.awaitReady("echoed");
            var rejected = story.awaitReason("rejected", CommonReason.Rejected);
            var unusable = story.awaitReady("unusable-id");

            // A snapshot whose id was not recorded could never become ready with the only snapshot of the cloud.
            story.assertOneLivingSnapshot("echoed", "unusable-id");
            assertThat(echoed.snapshotName()).contains("***", "forged line");
            assertThat(rejected.failedAttempts()).singleElement().satisfies(attempt -> {
                assertThat(attempt.httpStatus()).isEqualTo(400);
                assertThat(attempt.message()).contains("***");
                assertThat(attempt.code()).isNull();
                assertThat(attempt.requestId()).isNull();
            });
            assertThat(unusable.failedAttempts()).extracting("mayHaveActed").contains(true);
            for (var name : List.of("echoed", "rejected", "unusable-id")) {
                assertShowsNothing(Serialization.asYaml(story.get(name)), password);
            }
            var events = story.kubernetes()
                    .v1()
                    .events()
                    .inNamespace(story.namespace())
                    .list();
            assertThat(events.getItems()).isNotEmpty();
            assertShowsNothing(Serialization.asYaml(events), password);
            operator.awaitLog("Snapshot create rejected");
            assertShowsNothing(operator.log(), password);
        }
    }

    @Test
    void reportsOrphansWithoutRawText() {
        var story = stories.prepare();
        var password = story.cloud().settings().account().password();
        var markers = List.of(
                marker("nightly\u001b[2J", story.namespace(), "uid-1"),
                marker("nightly", story.namespace() + "\n\u202eforged", "uid-2"),
                marker(password, story.namespace(), password),
                marker("nightly", story.namespace(), "uid-4"));
        for (var marker : markers) {
            story.cloud().snapshots().addForeign(StoryExtension.VOLUME, "foreign", marker);
        }
        story.cloud().faults().add(FaultRule.always(Fault.STATUS_WORD).withText("odd\u001b[31m\r\nword" + password));

        var printed = orphans(story);

        assertShowsNothing(printed, password);
        assertThat(printed).contains("4 orphaned snapshots", "uid-1", "uid-2", "uid-4", "oddword***");
        assertThat(printed.lines().filter("---"::equals)).hasSize(1);
        assertThat(printed.lines().filter(line -> line.startsWith("# No manifest for ")))
                .hasSize(3);
    }

    private static Map<String, String> marker(String name, String namespace, String uid) {
        return Map.of(
                "evs-snapshot-operator.uid", uid,
                "evs-snapshot-operator.installation", "stories",
                "evs-snapshot-operator.namespace", namespace,
                "evs-snapshot-operator.name", name);
    }

    private static void assertShowsNothing(String shown, String password) {
        assertNoSecret(shown, TOKEN_STARTS);
        assertNothingRaw(shown, List.of(password));
    }

    private static OperatorProcess start(Story story) {
        return process(story, "hostile-cloud")
                .settings(story.settings())
                .environment("QUARKUS_LOG_CATEGORY__IO_SNAPSHOTOPERATOR__LEVEL", "DEBUG")
                .environment("QUARKUS_LOG_MIN_LEVEL", "DEBUG")
                .start()
                .awaitLeading();
    }

    private static String orphans(Story story) {
        try (var process = process(story, "hostile-orphans")
                .settings(story.settings())
                // The marker with the invalid namespace belongs to no watched one.
                .settings(Map.of(
                        "evs.namespaces", "",
                        "evs.connection.timeout", "10s",
                        "evs.create.settle-time", "20s",
                        "evs.leader-election.lease-duration", "20s"))
                .arguments(List.of("orphans", "--manifests"))
                .start()) {
            assertThat(process.awaitEnd(Duration.ofSeconds(40)))
                    .as(process.log())
                    .isZero();
            return process.log();
        }
    }

    private static OperatorProcess.Builder process(Story story, String name) {
        return OperatorProcess.packaged(name)
                .kubeconfig(stories.server().kubeconfig())
                .javaOptions("-Xmx128m");
    }
}
