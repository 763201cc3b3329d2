/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RetryPolicyTest {
    private static final RetryPolicy RETRY_POLICY =
            new RetryPolicy(Duration.ofSeconds(60), Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofMinutes(5));

    @ParameterizedTest
    @CsvSource({"0, 5", "1, 5", "2, 10", "3, 20", "4, 40", "5, 80", "6, 160", "7, 300", "1000000, 300"})
    void doublesBackoffUntilMaximum(long failures, long seconds) {
        assertThat(RETRY_POLICY.backoff(CommonReason.CloudUnavailable, failures))
                .isEqualTo(new Retry.After(Duration.ofSeconds(seconds)));
    }

    @ParameterizedTest
    @CsvSource({"1, 15", "2, 30", "4, 120", "6, 300"})
    void startsSlowBackoffAtThreeTimesInitialBackoff(long failures, long seconds) {
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
    void retriesAtMaxBackoffWhenAdministratorMustAct(Reason reason) {
        assertThat(RETRY_POLICY.backoff(reason, 1)).isEqualTo(new Retry.After(Duration.ofMinutes(5)));
    }

    @ParameterizedTest
    @EnumSource(
            value = CommonReason.class,
            names = {"InvalidRequest", "VolumeNotFound"})
    void retriesOnSpecChangeWhenRequestIsInvalid(Reason reason) {
        assertThat(RETRY_POLICY.backoff(reason, 1)).isEqualTo(new Retry.OnSpecChange());
    }

    @ParameterizedTest
    @MethodSource("io.snapshotoperator.evs.snapshot.SnapshotReason#all")
    void neverReturnsZeroDelay(Reason reason) {
        for (var failures = 0; failures < 100; failures++) {
            assertThat(RETRY_POLICY.backoff(reason, failures).delayOr(Duration.ofSeconds(1)))
                    .isPositive();
        }
    }
}
