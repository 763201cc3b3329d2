/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PendingIdWritesTest {
    private final PendingIdWrites unwritten = new PendingIdWrites();

    @Test
    void whatAProcessLearnsIsUnwrittenUntilItSpeaks() {
        unwritten.learn("nightly", unwritten.process());
        assertThat(unwritten.take("other")).isFalse();
        assertThat(unwritten.take("nightly")).isTrue();
        assertThat(unwritten.take("nightly")).isFalse();
    }

    @Test
    void anAnswerToAProcessThatWasKilledTeachesItsSuccessorNothing() {
        var killed = unwritten.process();
        unwritten.learn("first", killed);
        unwritten.begin();
        unwritten.learn("second", killed);
        assertThat(unwritten.take("first")).isFalse();
        assertThat(unwritten.take("second")).isFalse();
    }
}
