/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.RETRY_POLICY;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ownedSnapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.Retry;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RetryPolicyTest {

    @ParameterizedTest
    @CsvSource({"0, 5", "1, 5", "2, 10", "3, 20", "4, 40", "5, 80", "6, 160", "7, 300", "1000000, 300"})
    void whatTimeHealsIsTriedAgainEverMoreSlowly(long failures, long seconds) {
        assertThat(RETRY_POLICY.backoff(CommonReason.CloudUnavailable, failures))
                .isEqualTo(new Retry.After(Duration.ofSeconds(seconds)));
    }

    @ParameterizedTest
    @CsvSource({"1, 15", "2, 30", "4, 120", "6, 300"})
    void aBusyDiskIsGivenMoreTime(long failures, long seconds) {
        assertThat(RETRY_POLICY.backoff(CommonReason.VolumeBusy, failures))
                .isEqualTo(new Retry.After(Duration.ofSeconds(seconds)));
    }

    @ParameterizedTest
    @EnumSource(
            value = CommonReason.class,
            names = {
                "QuotaExceeded",
                "NotAuthorized",
                "ConnectionMisconfigured",
                "VolumeUnusable",
                "VolumeAttached",
                "Rejected"
            })
    void whatAPersonMustRepairIsTriedNowAndThen(Reason reason) {
        assertThat(RETRY_POLICY.backoff(reason, 1)).isEqualTo(new Retry.After(Duration.ofMinutes(5)));
    }

    @ParameterizedTest
    @EnumSource(
            value = CommonReason.class,
            names = {"InvalidRequest", "VolumeNotFound"})
    void whatTheCloudWillNeverAcceptIsNotTriedAgain(Reason reason) {
        assertThat(RETRY_POLICY.backoff(reason, 1)).isEqualTo(new Retry.OnSpecChange());
    }

    @ParameterizedTest
    @MethodSource("io.snapshotoperator.evs.snapshot.SnapshotReason#all")
    void noWaitIsZero(Reason reason) {
        for (var failures = 0; failures < 100; failures++) {
            assertThat(RETRY_POLICY.backoff(reason, failures).delayOr(Duration.ofSeconds(1)))
                    .isPositive();
        }
    }

    @Nested
    class ReadyWithin {
        private final ReconcileInputBuilder creating = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "creating")
                .withReason(SnapshotReason.WaitingForCloud)
                .readyWithin(Duration.ofMinutes(10));

        private static Decision seen(ReconcileInput input) {
            return SnapshotRules.decide(input, new Observation.Found(ownedSnapshot("s-1", "creating")), "order-2");
        }

        @Test
        void isWaitedForNoLongerThanItsEnd() {
            assertThat(seen(creating.at(NOON.plusSeconds(100)).build()).requeueAfter())
                    .contains(Duration.ofSeconds(30));
            assertThat(seen(creating.at(NOON.plusSeconds(595)).build()).requeueAfter())
                    .contains(Duration.ofSeconds(5));
        }

        @Test
        void pastItsEndTheRequestIsStalledAndStillWatched() {
            var before = seen(creating.at(NOON.plusSeconds(599)).build());
            var after = seen(creating.at(NOON.plusSeconds(600)).build());

            assertThat(before.statusPatch().orElseThrow().verdict().reason()).isEqualTo(SnapshotReason.WaitingForCloud);
            assertThat(after.statusPatch().orElseThrow().verdict().reason())
                    .isEqualTo(SnapshotReason.ReadyDeadlineExceeded);
            assertThat(after.statusPatch().orElseThrow().verdict().message())
                    .contains(SnapshotReason.WaitingForCloud.sentence());
            assertThat(after.requeueAfter()).contains(Duration.ofSeconds(30));
            assertThat(after.event()).isPresent();
        }

        @Test
        void isAnnouncedOnce() {
            var input = creating.withReason(SnapshotReason.ReadyDeadlineExceeded)
                    .at(NOON.plusSeconds(900))
                    .build();

            assertThat(seen(input).event()).isEmpty();
        }

        @Test
        void saysNothingOfASnapshotThatWasReadyOnce() {
            var input = creating.readySince(NOON).at(NOON.plusSeconds(900)).build();

            assertThat(seen(input).statusPatch().orElseThrow().verdict().reason())
                    .isEqualTo(SnapshotReason.WaitingForCloud);
        }
    }
}
