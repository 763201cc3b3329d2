/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.OWNER;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.snapshot.SourceRiskRules.Assessment;
import io.snapshotoperator.evs.snapshot.SourceRiskRules.BoundClaim;
import io.snapshotoperator.evs.snapshot.SourceRiskRules.LivingClaim;
import io.snapshotoperator.evs.snapshot.SourceRiskRules.PersistentVolumeState;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SourceRiskRulesTest {
    private static final Source.Claim DATA = new Source.Claim("data");
    private static final VolumeId VOLUME = new VolumeId("volume-1");
    private static final BoundClaim BOUND = new BoundClaim("shop", "data", Optional.of("uid-1"));
    private static final Optional<LivingClaim> BEING_DELETED = Optional.of(new LivingClaim("uid-1", true));
    private static final Optional<LivingClaim> ALIVE = Optional.of(new LivingClaim("uid-1", false));
    private static final Optional<LivingClaim> NEW_CLAIM = Optional.of(new LivingClaim("uid-2", false));
    private static final Assessment AT_RISK = new Assessment.AtRisk("pv-1");
    private static final Assessment SAFE = new Assessment.Safe();

    private static PersistentVolumeState volume(boolean deletedWithClaim, BoundClaim claim, String handle) {
        return new PersistentVolumeState(
                "pv-1", deletedWithClaim, Optional.ofNullable(claim), Optional.of(new VolumeId(handle)));
    }

    private static Assessment assess(Optional<LivingClaim> claim, PersistentVolumeState volume) {
        return SourceRiskRules.assess(OWNER, DATA, VOLUME, claim, Optional.of(volume));
    }

    @Test
    void isAtRiskWhileClaimIsBeingDeletedAndVolumeIsDeletedWithIt() {
        assertThat(assess(BEING_DELETED, volume(true, BOUND, "volume-1"))).isEqualTo(AT_RISK);
    }

    @Test
    void staysAtRiskWhenClaimIsGoneUntilVolumeIs() {
        assertThat(assess(Optional.empty(), volume(true, BOUND, "volume-1"))).isEqualTo(AT_RISK);
        assertThat(SourceRiskRules.assess(OWNER, DATA, VOLUME, Optional.empty(), Optional.empty()))
                .isEqualTo(new Assessment.VolumeObjectGone());
    }

    @Test
    void isSafeWhenVolumeIsRetained() {
        assertThat(assess(BEING_DELETED, volume(false, BOUND, "volume-1"))).isEqualTo(SAFE);
        assertThat(assess(Optional.empty(), volume(false, BOUND, "volume-1"))).isEqualTo(SAFE);
    }

    @Test
    void isSafeWhileClaimIsNotDeleted() {
        assertThat(assess(ALIVE, volume(true, BOUND, "volume-1"))).isEqualTo(SAFE);
    }

    @Test
    void newClaimOfSameNameDoesNotSaveVolumeOfDeletedOne() {
        assertThat(assess(NEW_CLAIM, volume(true, BOUND, "volume-1"))).isEqualTo(AT_RISK);
    }

    @Test
    void volumeBoundWithoutUidBelongsToLivingClaim() {
        var bound = volume(true, new BoundClaim("shop", "data", Optional.empty()), "volume-1");

        assertThat(assess(NEW_CLAIM, bound)).isEqualTo(SAFE);
        assertThat(assess(BEING_DELETED, bound)).isEqualTo(AT_RISK);
    }

    @Test
    void ignoresVolumeOfAnotherClaim() {
        var ofOtherNamespace = new BoundClaim("bank", "data", Optional.of("uid-1"));
        var ofOtherName = new BoundClaim("shop", "other", Optional.of("uid-1"));

        assertThat(assess(BEING_DELETED, volume(true, ofOtherNamespace, "volume-1")))
                .isEqualTo(SAFE);
        assertThat(assess(BEING_DELETED, volume(true, ofOtherName, "volume-1"))).isEqualTo(SAFE);
        assertThat(assess(BEING_DELETED, volume(true, null, "volume-1"))).isEqualTo(SAFE);
    }

    @Test
    void ignoresVolumeThatIsNotTheRecordedOne() {
        assertThat(assess(BEING_DELETED, volume(true, BOUND, "volume-2"))).isEqualTo(SAFE);
        assertThat(assess(BEING_DELETED, new PersistentVolumeState("pv-1", true, Optional.of(BOUND), Optional.empty())))
                .isEqualTo(SAFE);
    }

    @Test
    void onlyRequestOfClaimWithSnapshotCanLoseIt() {
        var ready = anInput().ofClaim("data").withRecordedSnapshot("s-1", "available");

        assertThat(endangering(ready)).contains(DATA);
        assertThat(endangering(anInput().ofClaim("data"))).isEmpty();
        assertThat(endangering(anInput().withRecordedSnapshot("s-1", "available")))
                .isEmpty();
        assertThat(endangering(ready.withReason(SnapshotReason.SnapshotMissing)))
                .isEmpty();
    }

    @Test
    void requestThatIsBeingDeletedHasNothingToLose() {
        assertThat(endangering(anInput()
                        .ofClaim("data")
                        .withRecordedSnapshot("s-1", "available")
                        .deleting()))
                .isEmpty();
    }

    private static Optional<Source.Claim> endangering(ReconcileInputBuilder builder) {
        var input = builder.build();
        return SourceRiskRules.endangeringClaim(input.desired(), input.recorded());
    }

    @Test
    void saysWhichPolicyToChange() {
        var verdict = SourceRiskRules.verdict(DATA, "pv-1");

        assertThat(verdict.reason().phase()).as("the event is a warning").isEqualTo(Phase.STALLED);
        assertThat(verdict.message())
                .contains("The claim is data")
                .contains("kubectl patch persistentvolume pv-1")
                .contains("Retain")
                .contains("VolumeSnapshotRestore");
    }
}
