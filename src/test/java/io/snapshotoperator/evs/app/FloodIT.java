/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.volumeId;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.testing.ManyUsers;
import io.snapshotoperator.evs.testing.MemoryLimit;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A user who may edit requests in one namespace makes many that are as large as the API server accepts. The packaged operator
 * runs with the memory limit and the flags of the JVM that the chart sets by default. Skipped if the binaries of the API
 * server are missing.
 */
class FloodIT {
    private static final int USERS = 8;
    private static final int WITH_ANNOTATION = 400;
    private static final int WITH_LABELS = 20;
    private static final int CHANGED = 50;

    /** The API server accepts 256 KiB of annotations per object. */
    private static final String ANNOTATION = "x".repeat(240 * 1024);

    private static final Map<String, String> LABELS = IntStream.range(0, 2000)
            .boxed()
            .collect(Collectors.toMap(number -> "team/label-" + number, number -> "y".repeat(63)));

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    @Test
    void worksWithinMemoryLimitOfChartDuringFlood() throws IOException {
        var story = stories.prepare(
                StoryExtension.cloud(),
                // With short times, a busy machine can cost the operator its Lease.
                Map.of(
                        "evs.leader-election.lease-duration", "45s",
                        "evs.leader-election.retry-period", "10s",
                        "evs.leader-election.max-clock-skew", "5s"));
        var names = Stream.concat(
                        IntStream.range(0, WITH_ANNOTATION).mapToObj(number -> "annotation-" + number),
                        IntStream.range(0, WITH_LABELS).mapToObj(number -> "labels-" + number))
                .toList();
        try {
            ManyUsers.doForEach(USERS, names, name -> story.kubernetes()
                    .resource(large(story, name))
                    .create());
            workWithinMemoryLimit(story, names);
            assertThat(story.get("annotation-0").getMetadata().getAnnotations()).containsEntry("team/note", ANNOTATION);
            assertThat(story.get("labels-0").getMetadata().getLabels()).isEqualTo(LABELS);
        } finally {
            // One request that deletes all of them takes longer than the client waits.
            ManyUsers.doForEach(USERS, names, story::delete);
        }
    }

    private static void workWithinMemoryLimit(Story story, List<String> names) throws IOException {
        try (var limit = MemoryLimit.of(chartMemory())) {
            try (var operator = start(story, limit).awaitLeading()) {
                story.apply("nightly", ofVolume(VOLUME).build());
                story.awaitReady("nightly");
                ManyUsers.doForEach(
                        USERS, names.subList(0, CHANGED), name -> story.annotate(name, "team/more", "changed"));
                assertThat(operator.terminate(Duration.ofSeconds(30)))
                        .as("exit code after SIGTERM")
                        .isEqualTo(143);
            }
            try (var operator = start(story, limit).awaitLeading()) {
                story.delete("nightly");
                story.awaitGone("nightly");
                assertThat(operator.isAlive()).isTrue();
            }
            assertThat(limit.kills()).isZero();
        }
    }

    private static VolumeSnapshotRequest large(Story story, String name) {
        var request = new VolumeSnapshotRequest();
        // Paused, so that the API server is not busy with other writes of large objects than those of the statuses.
        var metadata = new ObjectMetaBuilder()
                .withNamespace(story.namespace())
                .withName(name)
                .addToAnnotations(Api.PAUSED, "true");
        request.setMetadata(
                name.startsWith("labels")
                        ? metadata.withLabels(LABELS).build()
                        : metadata.addToAnnotations("team/note", ANNOTATION).build());
        request.setSpec(ofVolume(volumeId("unknown")).build());
        return request;
    }

    private static OperatorProcess start(Story story, MemoryLimit limit) throws IOException {
        var command = new ArrayList<String>();
        command.add(OperatorProcess.java().toString());
        command.addAll(limit.javaOptions());
        command.addAll(List.of(chartJavaOptions().split(" ")));
        command.addAll(List.of("-jar", OperatorProcess.JAR.toAbsolutePath().toString()));
        return OperatorProcess.command("flood", Path.of("/bin/sh"), limit.wrap(command))
                .kubeconfig(stories.server().kubeconfig())
                .settings(story.settings())
                .start();
    }

    private static long chartMemory() throws IOException {
        return Quantity.getAmountInBytes(
                        new Quantity(values().at("/resources/limits/memory").asText()))
                .longValueExact();
    }

    private static String chartJavaOptions() throws IOException {
        return values().at("/javaOptions").asText();
    }

    private static JsonNode values() throws IOException {
        return new YAMLMapper()
                .readTree(
                        Path.of("helm", "evs-snapshot-operator", "values.yaml").toFile());
    }
}
