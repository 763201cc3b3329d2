/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SnapshotReasonTest {

    @Test
    void containsEachNameOnce() {
        assertThat(SnapshotReason.all())
                .hasSize(CommonReason.values().length + SnapshotReason.values().length)
                .extracting(Reason::name)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("all")
    void findsReasonByName(Reason reason) {
        assertThat(SnapshotReason.named(reason.name())).containsSame(reason);
    }

    @Test
    void findsNoReasonOfLaterVersion() {
        assertThat(SnapshotReason.named("ReasonOfLaterVersion")).isEmpty();
    }

    @Test
    void isReadyOnlyForAvailableSnapshotAndFinalEvents() {
        assertThat(SnapshotReason.all())
                .filteredOn(reason -> reason.phase() == Phase.READY)
                .containsExactly(
                        SnapshotReason.SnapshotAvailable, SnapshotReason.SnapshotRetained, SnapshotReason.Expired);
    }

    @ParameterizedTest
    @MethodSource("all")
    void hasSentenceForUsers(Reason reason) {
        assertThat(reason.sentence()).matches("(?s)(\\p{Lu}|spec\\.).*\\.");
        assertThat(reason.name()).matches("[A-Z][A-Za-z]+");
    }

    private static Iterable<Reason> all() {
        return SnapshotReason.all();
    }
}
