/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Remedy;
import io.snapshotoperator.evs.status.Reason;
import io.snapshotoperator.evs.status.Reason.Phase;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PatienceTest {
    private static final Patience PATIENCE =
            new Patience(Duration.ofSeconds(60), Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofMinutes(5));

    @Test
    void whatTimeHealsIsTriedAgainAfterDoublingWaitsUpToTheRareOne() {
        assertThat(PATIENCE.again(Reason.CloudUnreachable, 1)).contains(Duration.ofSeconds(5));
        assertThat(PATIENCE.again(Reason.CloudUnreachable, 2)).contains(Duration.ofSeconds(10));
        assertThat(PATIENCE.again(Reason.CloudUnreachable, 5)).contains(Duration.ofSeconds(80));
        assertThat(PATIENCE.again(Reason.CloudUnreachable, 1000)).contains(Duration.ofMinutes(5));
        assertThat(PATIENCE.again(Reason.DiskBusy, 1)).contains(Duration.ofSeconds(15));
    }

    @Test
    void whatAPersonMustRepairIsTriedRarely() {
        assertThat(PATIENCE.again(Reason.QuotaExceeded, 1)).contains(Duration.ofMinutes(5));
        assertThat(PATIENCE.again(Reason.NotAuthorized, 7)).contains(Duration.ofMinutes(5));
    }

    @Test
    void whatOnlyAnotherSpecCanHelpIsNotTriedAgain() {
        assertThat(PATIENCE.again(Reason.SourceMissing, 1)).isEqualTo(Optional.empty());
        assertThat(PATIENCE.again(Reason.InvalidRequest, 1)).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void noWaitIsShorterThanTheFirstRetry(Reason reason) {
        assertThat(PATIENCE.again(reason, 1).orElse(Duration.ofDays(1))).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @EnumSource(CloudException.Kind.class)
    void aClassOfFailuresIsUnderWayExactlyWhenTimeHealsIt(CloudException.Kind kind) {
        assertThat(Failures.reason(kind).phase() == Phase.PROGRESSING).isEqualTo(kind.remedy() == Remedy.TIME);
    }
}
