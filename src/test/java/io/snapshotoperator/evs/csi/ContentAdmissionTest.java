/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

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

        assertThat(elsewhere(Optional.of(otherProject)))
                .contains("The snapshot is in project project-b at " + HERE.endpoint())
                .contains("the volumes are in project " + HERE.projectId() + " at " + HERE.endpoint());
        assertThat(elsewhere(Optional.of(endpointOfTeam))).contains("https://bucket.example");
        assertThat(elsewhere(Optional.empty())).contains("an unknown project");
        assertThat(ContentAdmission.ofReady(true, true, Optional.of(HERE), new DriverLocation.Nowhere()))
                .isEqualTo(refused(ContentReason.SnapshotElsewhere));
    }

    private static String elsewhere(Optional<CloudLocation> snapshot) {
        return assertThat(ContentAdmission.ofReady(true, true, snapshot, DRIVERS))
                .asInstanceOf(type(ContentAdmission.Refused.class))
                .satisfies(refused -> assertThat(refused.verdict().reason()).isEqualTo(ContentReason.SnapshotElsewhere))
                .actual()
                .verdict()
                .message();
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
    void tellsThatOperatorCannotLogIn() {
        assertThat(ContentAdmission.ofReady(true, true, Optional.of(HERE), new DriverLocation.Unavailable()))
                .isEqualTo(refused(ContentReason.DriverProjectUnknown));
    }

    @Test
    void refusesSnapshotThatCanBeOfAnotherObject() {
        assertThat(ContentAdmission.ofUnproven(true)).isEqualTo(refused(ContentReason.ContentSourceUnproven));
        assertThat(ContentAdmission.ofUnproven(false)).isEqualTo(refused(ContentReason.ContentNotEnabled));
    }

    @Test
    void saysNothingBeforeFirstLogin() {
        assertThat(ContentAdmission.ofReady(true, true, Optional.of(HERE), new DriverLocation.NotKnownYet()))
                .isEqualTo(new ContentAdmission.NotKnownYet());
    }
}
