/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PendingIdWritesTest {
    private final PendingIdWrites pendingIds = new PendingIdWrites();

    @Test
    void keepsIdPendingUntilNextRequestAboutObject() {
        pendingIds.idReceived("nightly", pendingIds.process());
        assertThat(pendingIds.take("other")).isFalse();
        assertThat(pendingIds.take("nightly")).isTrue();
        assertThat(pendingIds.take("nightly")).isFalse();
    }

    @Test
    void expectsNoWriteOverLinkThatWasCut() {
        pendingIds.idReceived("nightly", pendingIds.process());
        pendingIds.linkCut();
        assertThat(pendingIds.take("nightly")).isFalse();
    }

    @Test
    void ignoresResponseToProcessThatWasKilled() {
        var killed = pendingIds.process();
        pendingIds.idReceived("first", killed);
        pendingIds.processStarted();
        pendingIds.idReceived("second", killed);
        assertThat(pendingIds.take("first")).isFalse();
        assertThat(pendingIds.take("second")).isFalse();
    }
}
