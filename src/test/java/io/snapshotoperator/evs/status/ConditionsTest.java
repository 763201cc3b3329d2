/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConditionsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private static boolean holds(List<Condition> conditions, String type) {
        return conditions.stream().anyMatch(it -> it.getType().equals(type) && "True".equals(it.getStatus()));
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void everyReasonWritesAllThreeInOrderAndExactlyOneHolds(Reason reason) {
        var conditions = Conditions.next(List.of(), Verdict.of(reason), 3, NOON);
        assertThat(conditions)
                .extracting(Condition::getType)
                .containsExactly(Conditions.READY, Conditions.RECONCILING, Conditions.STALLED);
        assertThat(conditions).filteredOn(it -> "True".equals(it.getStatus())).hasSize(1);
        assertThat(conditions).allSatisfy(it -> {
            assertThat(it.getObservedGeneration()).isEqualTo(3);
            assertThat(it.getReason()).isEqualTo(reason.name());
        });
        assertThat(conditions.get(0).getMessage()).isEqualTo(reason.sentence());
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void readyIsNeverTrueBesideStalledOrReconciling(Reason reason) {
        var conditions = Conditions.next(List.of(), Verdict.of(reason), 1, NOON);
        assertThat(holds(conditions, Conditions.READY)
                        && (holds(conditions, Conditions.STALLED) || holds(conditions, Conditions.RECONCILING)))
                .isFalse();
    }

    @Test
    void itsTimeMovesWhenTheStatusFlipsAndNotForANewMessage() {
        var first = Conditions.next(List.of(), Verdict.of(Reason.WaitingForCloud), 1, NOON);
        var later = Conditions.next(first, Verdict.of(Reason.Settling), 1, NOON.plusSeconds(60));
        assertThat(later).extracting(Condition::getLastTransitionTime).containsOnly("2026-03-01T12:00:00Z");
        var ready = Conditions.next(later, Verdict.of(Reason.SnapshotAvailable), 1, NOON.plusSeconds(90));
        assertThat(ready)
                .extracting(Condition::getLastTransitionTime)
                .containsExactly("2026-03-01T12:01:30Z", "2026-03-01T12:01:30Z", "2026-03-01T12:00:00Z");
    }
}
