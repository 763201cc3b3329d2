/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.csi;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.csi.ContentAdmission.DriverLocation;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContentAdmissionTest {
    private static final CloudLocation HERE = new CloudLocation("https://evs.example", "project-a");
    private static final DriverLocation DRIVERS = new DriverLocation.At(HERE);

    private static ContentAdmission refused(ContentReason reason) {
        return new ContentAdmission.Refused(Verdict.of(reason));
    }

    @Test
    void allowsReadySnapshotWhereDriversHaveTheirVolumes() {
        assertThat(ContentAdmission.ofReady(true, true, Optional.of(HERE), DRIVERS))
                .isEqualTo(new ContentAdmission.Allowed());
    }

    @Test
    void refusesSnapshotOfAnyOtherPlace() {
        var otherProject = new CloudLocation(HERE.endpoint(), "project-b");
        var endpointOfTeam = new CloudLocation("https://bucket.example", HERE.projectId());

        assertThat(ContentAdmission.ofReady(true, true, Optional.of(otherProject), DRIVERS))
                .isEqualTo(refused(ContentReason.SnapshotElsewhere));
        assertThat(ContentAdmission.ofReady(true, true, Optional.of(endpointOfTeam), DRIVERS))
                .isEqualTo(refused(ContentReason.SnapshotElsewhere));
        assertThat(ContentAdmission.ofReady(true, true, Optional.empty(), DRIVERS))
                .isEqualTo(refused(ContentReason.SnapshotElsewhere));
        assertThat(ContentAdmission.ofReady(true, true, Optional.of(HERE), new DriverLocation.Nowhere()))
                .isEqualTo(refused(ContentReason.SnapshotElsewhere));
    }

    @Test
    void refusesSourceThatIsNotAllowed() {
        assertThat(ContentAdmission.ofReady(true, false, Optional.of(HERE), DRIVERS))
                .isEqualTo(refused(ContentReason.ContentSourceNotAllowed));
    }

    @Test
    void refusesUnreadySnapshot() {
        assertThat(ContentAdmission.ofUnready(true)).isEqualTo(refused(ContentReason.SnapshotNotReady));
    }

    @Test
    void refusesEverythingUnlessAdministratorEnabledIt() {
        assertThat(ContentAdmission.ofUnready(false)).isEqualTo(refused(ContentReason.ContentNotEnabled));
        assertThat(ContentAdmission.ofReady(false, true, Optional.of(HERE), DRIVERS))
                .isEqualTo(refused(ContentReason.ContentNotEnabled));
    }

    @Test
    void saysNothingBeforeFirstLogin() {
        assertThat(ContentAdmission.ofReady(true, true, Optional.of(HERE), new DriverLocation.NotKnownYet()))
                .isEqualTo(new ContentAdmission.NotKnownYet());
    }
}
