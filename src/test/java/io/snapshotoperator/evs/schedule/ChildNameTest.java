/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class ChildNameTest {
    private static final Instant SLOT = Instant.parse("2026-10-25T00:30:00Z");

    @Test
    void namesScheduleSourceAndSlot() {
        assertThat(ChildName.of("nightly", "uid-1", "postgres-data", SLOT))
                .matches("nightly-postgres-data-20261025-0030-[0-9a-f]{8}")
                .isEqualTo(ChildName.of("nightly", "uid-1", "postgres-data", SLOT));
    }

    @Test
    void isDifferentForEachScheduleSourceAndSlot() {
        var names = new HashSet<String>();
        names.add(ChildName.of("a", "uid-1", "b-c", SLOT));
        names.add(ChildName.of("a-b", "uid-2", "c", SLOT));
        names.add(ChildName.of("a", "uid-3", "b-c", SLOT));
        names.add(ChildName.of("a", "uid-1", "b-c", SLOT.plus(Duration.ofMinutes(1))));

        assertThat(names).hasSize(4);
    }

    @Test
    void isValidNameOfObjectHoweverLongItsPartsAre() {
        var longest = "a".repeat(35) + "." + "b".repeat(217);

        assertThat(ChildName.of(longest, "uid-1", longest, SLOT))
                .hasSizeLessThanOrEqualTo(ChildName.MAX_LENGTH)
                .matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
        assertThat(ChildName.of("s", "uid-1", "5aa119a8-d25b-45a7-8d1b-88e127885635", SLOT))
                .startsWith("s-5aa119a8-d25b-45a7-8d1b-88e127885635-20261025-0030-");
    }
}
