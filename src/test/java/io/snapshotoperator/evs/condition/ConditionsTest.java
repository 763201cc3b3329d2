/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.condition;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConditionsTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private static List<Condition> first(Reason reason) {
        return Conditions.next(List.of(), Verdict.of(reason), 3, NOON);
    }

    private static boolean isTrue(List<Condition> all, String type) {
        return all.stream()
                .anyMatch(condition -> condition.getType().equals(type)
                        && condition.getStatus().equals("True"));
    }

    @ParameterizedTest
    @MethodSource("io.snapshotoperator.evs.snapshot.SnapshotReason#all")
    void returnsAllThreeConditionsInOrder(Reason reason) {
        assertThat(first(reason)).extracting(Condition::getType).containsExactly("Ready", "Reconciling", "Stalled");
        assertThat(first(reason)).allSatisfy(condition -> {
            assertThat(condition.getReason()).isEqualTo(reason.name());
            assertThat(condition.getObservedGeneration()).isEqualTo(3);
            assertThat(condition.getLastTransitionTime()).isEqualTo("2026-01-01T12:00:00Z");
            assertThat(condition.getMessage()).isNotNull();
        });
    }

    @ParameterizedTest
    @MethodSource("io.snapshotoperator.evs.snapshot.SnapshotReason#all")
    void setsExactlyOneConditionTrue(Reason reason) {
        var trueTypes = first(reason).stream()
                .filter(condition -> condition.getStatus().equals("True"))
                .map(Condition::getType);

        assertThat(trueTypes)
                .containsExactly(
                        switch (reason.phase()) {
                            case READY -> "Ready";
                            case PROGRESSING, PAUSED -> "Reconciling";
                            case STALLED -> "Stalled";
                        });
    }

    @ParameterizedTest
    @MethodSource("io.snapshotoperator.evs.snapshot.SnapshotReason#all")
    void setsMessageOfReadyAndOfTrueCondition(Reason reason) {
        for (var condition : first(reason)) {
            var hasMessage =
                    condition.getType().equals("Ready") || condition.getStatus().equals("True");
            assertThat(condition.getMessage()).isEqualTo(hasMessage ? reason.sentence() : "");
        }
    }

    @Test
    void changesTransitionTimeOnlyWithStatus() {
        var creating = first(SnapshotReason.WaitingForCloud);
        var stillCreating = Conditions.next(
                creating, Verdict.of(CommonReason.VolumeBusy, "Another message."), 4, NOON.plusSeconds(60));
        var ready =
                Conditions.next(stillCreating, Verdict.of(SnapshotReason.SnapshotAvailable), 4, NOON.plusSeconds(120));

        assertThat(stillCreating).extracting(Condition::getLastTransitionTime).containsOnly("2026-01-01T12:00:00Z");
        assertThat(ready)
                .extracting(Condition::getLastTransitionTime)
                .containsExactly("2026-01-01T12:02:00Z", "2026-01-01T12:02:00Z", "2026-01-01T12:00:00Z");
        assertThat(isTrue(ready, "Ready")).isTrue();
    }

    @Test
    void dropsConditionOfOtherType() {
        var other =
                new ConditionBuilder().withType("Verified").withStatus("True").build();

        assertThat(Conditions.next(List.of(other), Verdict.of(SnapshotReason.SnapshotMissing), 1, NOON))
                .hasSize(3);
    }
}
