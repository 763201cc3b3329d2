/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.schedule.RetentionSpec;
import io.snapshotoperator.evs.api.v1alpha1.schedule.RetentionSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SourceSelector;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleSpecBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleSpecMapperTest {

    /** A changed policy deletes nothing for ten minutes. */
    @Test
    void anotherTimeZoneIsAnotherPolicyOnlyWithPeriods() {
        var daily = RetentionSpecBuilder.builder().daily(3).build();
        var last = RetentionSpecBuilder.builder().last(3).build();

        assertThat(policy("Europe/Berlin", daily))
                .isEqualTo("daily 3, periods of Europe/Berlin, failed 1")
                .isNotEqualTo(policy("Asia/Tokyo", daily));
        assertThat(policy("Europe/Berlin", last)).isEqualTo("last 3, failed 1").isEqualTo(policy("Asia/Tokyo", last));
    }

    private static String policy(String timeZone, RetentionSpec retention) {
        var spec = VolumeSnapshotScheduleSpecBuilder.builder()
                .schedule("17 3 * * *")
                .timeZone(timeZone)
                .sources(List.of(SourceSelector.ofClaim("data")))
                .retention(retention)
                .build();
        return ScheduleSpecMapper.desired(spec, 7).retentionText();
    }
}
