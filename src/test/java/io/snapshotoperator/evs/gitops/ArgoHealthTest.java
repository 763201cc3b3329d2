/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.schedule.ScheduleReason;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The health scripts, object by object. {@code HealthSequenceIT} has the sequences. */
class ArgoHealthTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final ArgoHealth argo = ArgoHealth.ofPatch();

    static Stream<Reason> reasonsOfRequests() {
        return SnapshotReason.all().stream();
    }

    @ParameterizedTest
    @MethodSource("reasonsOfRequests")
    void showsEachReasonOfRequestByItsPhase(Reason reason) throws JsonProcessingException {
        assertShowsPhase("VolumeSnapshotRequest", reason);
    }

    @ParameterizedTest
    @EnumSource(ConnectionReason.class)
    void showsEachReasonOfConnectionByItsPhase(ConnectionReason reason) throws JsonProcessingException {
        assertShowsPhase("EvsConnection", reason);
    }

    @ParameterizedTest
    @EnumSource(ScheduleReason.class)
    void showsEachReasonOfScheduleByItsPhase(Reason reason) throws JsonProcessingException {
        assertShowsPhase("VolumeSnapshotSchedule", reason);
    }

    static Stream<Reason> reasonsOfRestores() {
        return RestoreReason.all().stream();
    }

    @ParameterizedTest
    @MethodSource("reasonsOfRestores")
    void showsEachReasonOfRestoreByItsPhase(Reason reason) throws JsonProcessingException {
        assertShowsPhase("VolumeSnapshotRestore", reason);
    }

    private void assertShowsPhase(String kind, Reason reason) throws JsonProcessingException {
        var object = object(kind, 3, 3, reason);

        assertThat(argo.of(object).status())
                .isEqualTo(
                        switch (reason.phase()) {
                            case READY -> "Healthy";
                            case PROGRESSING -> "Progressing";
                            case STALLED -> "Degraded";
                            case PAUSED -> "Suspended";
                        });
        assertThat(argo.of(object).message()).isEqualTo(reason.sentence());
        assertThat(Kstatus.of(object))
                .isEqualTo(
                        switch (reason.phase()) {
                            case READY -> Kstatus.CURRENT;
                            case PROGRESSING, PAUSED -> Kstatus.IN_PROGRESS;
                            case STALLED -> Kstatus.FAILED;
                        });
    }

    @ParameterizedTest
    @MethodSource("reasonsOfRequests")
    void progressesWhileLatestGenerationIsNotObserved(Reason reason) throws JsonProcessingException {
        var object = object("VolumeSnapshotRequest", 4, 3, reason);

        assertThat(argo.of(object).status()).isEqualTo("Progressing");
        assertThat(Kstatus.of(object)).isEqualTo(Kstatus.IN_PROGRESS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{status: {observedGeneration: -1}}",
                "{status: {observedGeneration: 1}}",
                "{status: {observedGeneration: 1, conditions: []}}",
                "{status: {observedGeneration: 1, conditions: [{type: Ready, status: Unknown, message: m}]}}",
                "{status: {conditions: [{type: Ready, status: 'True', message: m}]}}",
                "{status: {observedGeneration: 1, conditions: [{type: Other, status: 'True', message: m}]}}",
            })
    void progressesWhileStatusIsIncomplete(String yaml) throws JsonProcessingException {
        var object = (ObjectNode) new YAMLMapper().readTree(yaml);
        object.put("apiVersion", "evs.snapshot-operator.io/v1alpha1").put("kind", "EvsConnection");
        object.putObject("metadata").put("name", "default").put("generation", 1);

        assertThat(argo.of(object).status()).isEqualTo("Progressing");
    }

    @Test
    void progressesDuringDeletionWhateverTheStatusSays() throws JsonProcessingException {
        var object = object("VolumeSnapshotRequest", 3, 3, SnapshotReason.SnapshotAvailable);
        ((ObjectNode) object.path("metadata")).put("deletionTimestamp", NOON.toString());

        assertThat(argo.of(object).status()).isEqualTo("Progressing");
        assertThat(Kstatus.of(object)).isEqualTo(Kstatus.TERMINATING);
    }

    private static JsonNode object(String kind, int generation, int observed, Reason reason)
            throws JsonProcessingException {
        var object = (ObjectNode) new YAMLMapper().readTree("""
                apiVersion: evs.snapshot-operator.io/v1alpha1
                metadata: {name: nightly, generation: %d}
                status: {observedGeneration: %d}
                """.formatted(generation, observed));
        object.put("kind", kind);
        var conditions = Conditions.next(List.of(), Verdict.of(reason), observed, NOON);
        ((ObjectNode) object.path("status")).set("conditions", new ObjectMapper().valueToTree(conditions));
        return object;
    }
}
