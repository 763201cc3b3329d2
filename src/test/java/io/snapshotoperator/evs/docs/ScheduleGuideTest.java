/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleSpec;
import io.snapshotoperator.evs.controller.schedule.ScheduleSpecMapper;
import io.snapshotoperator.evs.schedule.RetentionPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples in the guide of schedules. */
class ScheduleGuideTest {
    private static final Path GUIDE = Path.of("docs", "guide", "schedules.md");
    private static final Path SAMPLE = Path.of("deploy", "samples", "10-schedule.yaml");
    private static final int LIMIT = 7;

    @Test
    void showsOutputOfPlanForSample() throws IOException {
        var spec = Serialization.unmarshal(Files.readString(SAMPLE), VolumeSnapshotSchedule.class)
                .getSpec();
        var begin = Instant.parse("2026-11-27T00:00:00Z");
        var plan = new RetentionPlan(ScheduleSpecMapper.desired(spec, LIMIT), begin, begin.plus(Duration.ofDays(14)));

        assertThat(Files.readString(GUIDE)).contains("```\n" + plan.text() + "```");
    }

    @Test
    void policiesOfExamplesFitIntoVolume() throws IOException {
        assertThat(examples()).hasSize(2).allSatisfy(example -> {
            var spec = Serialization.unmarshal(example.path("spec").toString(), VolumeSnapshotScheduleSpec.class);

            assertThat(ScheduleSpecMapper.desired(spec, LIMIT).excess()).isEmpty();
        });
    }

    /** Compares with the definition, so that a new field is not forgotten. */
    @Test
    void lastExampleShowsEveryFieldOfSpecAndTemplate() throws IOException {
        var definition = new YAMLMapper()
                .readTree(Path.of("crds", "volumesnapshotschedules.evs.snapshot-operator.io-v1.yml")
                        .toFile())
                .at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties");
        var spec = examples().get(1).path("spec");

        assertThat(names(spec)).isEqualTo(names(definition));
        assertThat(names(spec.path("template"))).isEqualTo(names(definition.at("/template/properties")));
    }

    private static Set<String> names(JsonNode object) {
        var names = new HashSet<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<JsonNode> examples() throws IOException {
        var yaml = new YAMLMapper();
        var examples = Pattern.compile("(?s)```yaml\n(.*?)```")
                .matcher(Files.readString(GUIDE))
                .results()
                .map(block -> block.group(1))
                .toList();
        var nodes = new ArrayList<JsonNode>();
        for (var example : examples) {
            nodes.add(yaml.readTree(example));
        }
        return nodes;
    }
}
