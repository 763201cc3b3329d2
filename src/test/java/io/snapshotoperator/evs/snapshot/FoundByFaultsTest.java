/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.Place;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.snapshot.Known.Held;
import io.snapshotoperator.evs.status.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the fault laboratory found broken, as cases of the rules. */
class FoundByFaultsTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Owner OWNER = new Owner("uid-1", "shop", "nightly");
    private static final Place HERE = new Place("https://evs.example", "project-a");
    private static final VolumeId DISK = new VolumeId("disk-1");
    private static final SnapshotId ID = new SnapshotId("snapshot-1");
    private static final Patience PATIENCE =
            new Patience(Duration.ofSeconds(60), Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofMinutes(5));

    @Test
    void aSnapshotThatWasAdoptedInErrorIsReplacedLikeOneThatWasWatchedFailing() {
        var adopted = aCase(3, true, Optional.of(intent()), "error", Reason.CloudReportedError);

        assertThat(Rules.question(adopted)).isEqualTo(new Question.Read(ID));
        assertThat(Rules.decide(adopted, new Sighting.Found(snapshot("error", OWNER.uid())), "order-2")
                        .deed())
                .isInstanceOf(Deed.Delete.class);
    }

    @Test
    void aFailedSnapshotThatIsKeptIsNotReadAgainAndAgain() {
        var kept = aCase(1, true, Optional.of(intent()), "error", Reason.CloudReportedError);

        assertThat(Rules.question(kept)).isEqualTo(new Question.Follow(ID));
    }

    @Test
    void aFinalizerTakenOffTogetherWithTheIntentIsPutBackWhenTheSnapshotIsOurs() {
        var replaced = aCase(1, false, Optional.empty(), "available", Reason.SnapshotAvailable);

        assertThat(Rules.question(replaced)).isEqualTo(new Question.Read(ID));
        assertThat(Rules.decide(replaced, new Sighting.Found(snapshot("available", OWNER.uid())), "order-2")
                        .deed())
                .isEqualTo(new Deed.Hold());
    }

    @Test
    void aRestoredObjectGetsNoFinalizerForAnotherObjectsSnapshot() {
        var restored = aCase(1, false, Optional.empty(), "available", Reason.SnapshotAvailable);

        assertThat(Rules.decide(restored, new Sighting.Found(snapshot("available", "uid-before")), "order-2")
                        .deed())
                .isEqualTo(new Deed.Nothing());
    }

    @Test
    void whatNeedsALookOfItsOwnComesAgainAfterAnOutage() {
        var why = new CloudException.Details(
                CloudException.Kind.TRANSIENT,
                "look",
                Optional.empty(),
                Optional.empty(),
                "no answer",
                "wait",
                Optional.empty(),
                Optional.empty(),
                false);
        var failed = aCase(3, true, Optional.of(intent()), "error", Reason.CloudReportedError);
        var blind = new Case(
                failed.wish(),
                failed.known(),
                new Standing(
                        new Standing.Reach.OutOfReach(why),
                        new Standing.Disk.Resolved(DISK),
                        false,
                        NOON,
                        true,
                        false,
                        "cluster-1",
                        PATIENCE),
                failed.now());

        assertThat(Rules.decide(blind, new Sighting.Unchanged(), "order-2").lookAgainWithin())
                .isPresent();
    }

    private static Intent intent() {
        return new Intent(
                OWNER.uid(),
                NOON,
                "order-1",
                1,
                DISK,
                HERE,
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static CloudSnapshot snapshot(String word, String uid) {
        return new CloudSnapshot(
                ID,
                word,
                Optional.of(DISK),
                Optional.of("nightly"),
                Optional.empty(),
                Optional.of(40),
                Optional.of(NOON),
                Optional.empty(),
                new Marker(uid, "order-1", "cluster-1", "shop", "nightly").beside(Map.of()));
    }

    private static Case aCase(
            int maxAttempts, boolean finalizer, Optional<Intent> intent, String word, Reason written) {
        var wish = new Wish(
                new Source.Disk(DISK),
                Optional.empty(),
                Optional.empty(),
                false,
                Map.of(),
                Wish.DeletionPolicy.DELETE,
                Duration.ofHours(1),
                Optional.empty(),
                maxAttempts,
                false,
                false,
                Optional.empty(),
                Optional.empty());
        var held = new Held(ID, word, Optional.of(HERE), Optional.of(DISK), Optional.of("nightly"));
        var known = new Known(
                OWNER,
                1,
                NOON,
                false,
                finalizer,
                intent,
                Optional.of(held),
                word.equals("available") ? Optional.of(NOON) : Optional.empty(),
                List.of(),
                Optional.of(written),
                List.of(),
                1);
        var standing = new Standing(
                new Standing.Reach.Reached(HERE),
                new Standing.Disk.Resolved(DISK),
                false,
                NOON,
                true,
                false,
                "cluster-1",
                PATIENCE);
        return new Case(wish, known, standing, NOON.plusSeconds(5));
    }
}
