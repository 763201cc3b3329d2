/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static io.snapshotoperator.evs.testing.SnapshotInvariants.MARKER;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.testing.SnapshotInvariants.ExecutedCreate;
import io.snapshotoperator.evs.testing.SnapshotInvariants.LivingSnapshot;
import io.snapshotoperator.evs.testing.SnapshotInvariants.RequestState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SnapshotInvariantsTest {
    private static final String UID = "uid-1";
    private static final LivingSnapshot ONE = owned("snapshot-1");
    private static final LivingSnapshot TWO = owned("snapshot-2");
    private static final LivingSnapshot FOREIGN = new LivingSnapshot("foreign", "by hand", "available", Map.of());
    private static final ExecutedCreate CREATE = new ExecutedCreate(UID, "create-1", false, false);
    private static final ExecutedCreate FAILED = new ExecutedCreate(UID, "create-2", true, false);
    private static final ExecutedCreate LATE = new ExecutedCreate(UID, "create-3", false, true);

    private static LivingSnapshot owned(String id) {
        var metadata = new HashMap<String, String>();
        MARKER.forEach(key -> metadata.put(key, "any"));
        metadata.put(SnapshotInvariants.UID, UID);
        return new LivingSnapshot(id, "name", "available", metadata);
    }

    private static RequestState recording(String id, String... duplicates) {
        return new RequestState(
                "nightly", UID, Optional.of(id), Optional.of("available"), true, false, List.of(duplicates));
    }

    private static SnapshotInvariants living(LivingSnapshot... snapshots) {
        return new SnapshotInvariants(List.of(snapshots), List.of());
    }

    private static SnapshotInvariants executed(ExecutedCreate... creates) {
        return new SnapshotInvariants(List.of(), List.of(creates));
    }

    @Test
    void acceptsOnlyRecordedSnapshotAsLiving() {
        var request = recording("snapshot-1");
        assertThat(living(ONE, FOREIGN).oneLivingSnapshot(request)).isEmpty();
        assertThat(living(FOREIGN).oneLivingSnapshot(request))
                .singleElement()
                .asString()
                .contains("nightly has 0");
        assertThat(living(ONE, TWO).oneLivingSnapshot(request))
                .singleElement()
                .asString()
                .contains("nightly has 2");
        assertThat(living(TWO).oneLivingSnapshot(request))
                .singleElement()
                .asString()
                .contains("records snapshot-1", "snapshot-2");
    }

    @Test
    void reportsSnapshotThatMustNotExist() {
        var request = RequestState.withoutStatus("nightly", UID);
        assertThat(living(FOREIGN).noLivingSnapshot(request)).isEmpty();
        assertThat(living(ONE).noLivingSnapshot(request)).hasSize(1);
    }

    @Test
    void reportsRemainingSnapshotThatNoEventNames() {
        var request = RequestState.withoutStatus("nightly", UID);
        assertThat(living(ONE).leftoversNamed(request, List.of("Left in the cloud: snapshot-1.")))
                .isEmpty();
        assertThat(living(ONE, TWO).leftoversNamed(request, List.of("Its snapshot has the UID " + UID)))
                .isEmpty();
        assertThat(living(ONE, TWO, FOREIGN).leftoversNamed(request, List.of("Left in the cloud: snapshot-1.")))
                .singleElement()
                .asString()
                .contains("snapshot-2");
    }

    @Test
    void acceptsOnlyListedLateDuplicatesOfMissingSnapshot() {
        var invariants = new SnapshotInvariants(List.of(TWO), List.of(CREATE, LATE));
        assertThat(invariants.onlyLateDuplicates(recording("snapshot-1", "snapshot-2")))
                .isEmpty();
        assertThat(invariants.onlyLateDuplicates(recording("snapshot-1")))
                .singleElement()
                .asString()
                .contains("lists the duplicates []");
        assertThat(living(TWO).onlyLateDuplicates(recording("snapshot-1", "snapshot-2")))
                .singleElement()
                .asString()
                .contains("created again");
    }

    @Test
    void reportsDuplicateThatIsNotListedOrNoLongerExists() {
        assertThat(living(ONE, TWO).duplicatesListed(recording("snapshot-1", "snapshot-2")))
                .isEmpty();
        assertThat(living(ONE, TWO).duplicatesListed(recording("snapshot-1"))).hasSize(1);
        assertThat(living(ONE).duplicatesListed(recording("snapshot-1", "snapshot-2")))
                .hasSize(1);
    }

    @Test
    void acceptsOneRetainedSnapshotAndLateDuplicates() {
        var request = RequestState.withoutStatus("nightly", UID);
        assertThat(living(ONE).retainsAtMostOne(request)).isEmpty();
        assertThat(living(ONE, TWO).retainsAtMostOne(request)).hasSize(1);
        assertThat(new SnapshotInvariants(List.of(ONE, TWO), List.of(LATE)).retainsAtMostOne(request))
                .isEmpty();
    }

    @Test
    void reportsRemainingSnapshotWithIncompleteMarker() {
        var incomplete = new LivingSnapshot("left", "name", "available", Map.of(SnapshotInvariants.UID, UID));
        var request = RequestState.withoutStatus("nightly", UID);
        assertThat(living(ONE, FOREIGN).remainingAreMarked(request)).isEmpty();
        assertThat(living(ONE, incomplete).remainingAreMarked(request)).hasSize(1);
    }

    @Test
    void allowsFurtherCreatesOnlyForFailedLateAndDeliberateOnes() {
        var request = recording("snapshot-1");
        var second = new ExecutedCreate(UID, "create-4", false, false);
        assertThat(executed(CREATE, FAILED, LATE).createdOnce(request, 0)).isEmpty();
        assertThat(executed(CREATE, second).createdOnce(request, 0)).hasSize(1);
        assertThat(executed(CREATE, second).createdOnce(request, 1)).isEmpty();
        assertThat(executed(CREATE, FAILED, LATE, second).createdOnce(request, 0))
                .hasSize(1);
    }

    @Test
    void reportsCreateThatWasExecutedTwice() {
        var request = recording("snapshot-1");
        assertThat(executed(CREATE, FAILED).noCreateExecutedTwice(request)).isEmpty();
        assertThat(executed(CREATE, CREATE).noCreateExecutedTwice(request)).hasSize(1);
    }

    @Test
    void reportsCreateWithoutConfirmedIntent() {
        var request = recording("snapshot-1");
        assertThat(executed(CREATE).createdOnlyAfterIntent(request, "create-1"::equals))
                .isEmpty();
        assertThat(executed(CREATE, FAILED).createdOnlyAfterIntent(request, "create-1"::equals))
                .hasSize(1);
    }

    @Test
    void allowsSecondRecordedIdOnlyAfterFailureOrLateCreate() {
        var request = recording("snapshot-2");
        var ids = Set.of("snapshot-1", "snapshot-2");
        assertThat(executed(CREATE).recordsOneId(request, ids)).hasSize(1);
        assertThat(executed(CREATE, FAILED).recordsOneId(request, ids)).isEmpty();
        assertThat(executed(CREATE, LATE).recordsOneId(request, ids)).isEmpty();
    }

    @Test
    void reportsReadyRequestWhoseSnapshotIsNotAvailable() {
        assertThat(SnapshotInvariants.readyOnlyWhenAvailable(recording("snapshot-1"), true))
                .isEmpty();
        assertThat(SnapshotInvariants.readyOnlyWhenAvailable(recording("snapshot-1"), false))
                .hasSize(1);
        var wrong = new RequestState(
                "nightly", UID, Optional.of("snapshot-1"), Optional.of("creating"), true, true, List.of());
        assertThat(SnapshotInvariants.readyOnlyWhenAvailable(wrong, true)).hasSize(2);
        var waiting = new RequestState(
                "nightly", UID, Optional.of("snapshot-1"), Optional.of("creating"), false, true, List.of());
        assertThat(SnapshotInvariants.readyOnlyWhenAvailable(waiting, false)).isEmpty();
    }

    @Test
    void reportsForeignSnapshotThatChangedOrWasNamedByMutatingCall() {
        var renamed = new LivingSnapshot(FOREIGN.id(), "other", FOREIGN.status(), FOREIGN.metadata());
        assertThat(living(ONE, FOREIGN).foreignUnchanged(List.of(FOREIGN))).isEmpty();
        assertThat(living(ONE).foreignUnchanged(List.of(FOREIGN))).hasSize(1);
        assertThat(living(renamed).foreignUnchanged(List.of(FOREIGN))).hasSize(1);
        assertThat(SnapshotInvariants.foreignNotCalled(List.of(FOREIGN), List.of("snapshot-1")))
                .isEmpty();
        assertThat(SnapshotInvariants.foreignNotCalled(List.of(FOREIGN), List.of("foreign")))
                .hasSize(1);
    }
}
