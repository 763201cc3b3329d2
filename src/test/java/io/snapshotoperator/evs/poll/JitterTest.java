/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class JitterTest {
    @Test
    void neverShortensDelay() {
        assertThat(Jitter.upToTenPercent(() -> 0L).spread(Duration.ofSeconds(10)))
                .isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void addsAtMostTenPercent() {
        assertThat(Jitter.upToTenPercent(() -> -1L).spread(Duration.ofSeconds(10)))
                .isBetween(Duration.ofMillis(10_999), Duration.ofSeconds(11));
    }
}
