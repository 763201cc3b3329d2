/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.testing.RestoreInvariants.Copying;
import io.snapshotoperator.evs.testing.RestoreInvariants.ExecutedCreate;
import io.snapshotoperator.evs.testing.RestoreInvariants.LivingVolume;
import io.snapshotoperator.evs.testing.RestoreInvariants.RestoreState;
import io.snapshotoperator.evs.testing.RestoreInvariants.SnapshotDelete;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A check that accepts everything would let every campaign pass. */
class RestoreInvariantsTest {
    private static final String UID = "uid-1";
    private static final LivingVolume ONE = marked("volume-1", "create-1");
    private static final LivingVolume TWO = marked("volume-2", "create-2");
    private static final LivingVolume FOREIGN = new LivingVolume("volume-9", "available", Map.of());
    private static final ExecutedCreate CREATE = create("create-1", false, false);
    private static final ExecutedCreate FAILED = create("create-2", true, false);
    private static final ExecutedCreate LATE = create("create-3", false, true);
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private static LivingVolume marked(String id, String createId) {
        var metadata = new HashMap<String, String>();
        SnapshotInvariants.MARKER.forEach(key -> metadata.put(key, "x"));
        metadata.put(SnapshotInvariants.UID, UID);
        metadata.put(SnapshotInvariants.CREATE_ID, createId);
        return new LivingVolume(id, "available", metadata);
    }

    private static ExecutedCreate create(String id, boolean failed, boolean late) {
        return new ExecutedCreate(UID, id, Optional.of("job-of-" + id), failed, late);
    }

    private static RestoreState recording(String volume, String status, boolean ready) {
        return new RestoreState(
                "back",
                UID,
                Optional.ofNullable(volume),
                Optional.of(status),
                Optional.empty(),
                Optional.empty(),
                ready,
                false,
                List.of());
    }

    private static RestoreInvariants living(LivingVolume... volumes) {
        return new RestoreInvariants(List.of(volumes), List.of(CREATE));
    }

    private static RestoreInvariants executed(ExecutedCreate... creates) {
        return new RestoreInvariants(List.of(), List.of(creates));
    }

    @Test
    void acceptsOnlyRecordedVolumeAsLiving() {
        var restore = recording("volume-1", "available", true);
        assertThat(living(ONE, FOREIGN).oneLivingVolume(restore)).isEmpty();
        assertThat(living(FOREIGN).oneLivingVolume(restore)).hasSize(1);
        assertThat(living(ONE, TWO).oneLivingVolume(restore)).hasSize(1);
        assertThat(living(TWO).oneLivingVolume(restore)).hasSize(1);
    }

    @Test
    void acceptsLeftoverOnlyIfRecorded() {
        assertThat(living().leftoverRecorded(recording(null, "error", false))).isEmpty();
        assertThat(living(ONE).leftoverRecorded(recording("volume-1", "error", false)))
                .isEmpty();
        assertThat(living(ONE).leftoverRecorded(recording(null, "error", false)))
                .hasSize(1);
    }

    @Test
    void acceptsOneRetainedVolumeAndLateDuplicates() {
        var restore = RestoreState.withoutStatus("back", UID);
        assertThat(living(ONE).noLivingVolume(restore)).hasSize(1);
        assertThat(living(ONE).retainsAtMostOne(restore)).isEmpty();
        assertThat(living(ONE, TWO).retainsAtMostOne(restore)).hasSize(1);
        assertThat(new RestoreInvariants(List.of(ONE, TWO), List.of(CREATE, LATE)).retainsAtMostOne(restore))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Left in the cloud: volume volume-1.",
                "Left in the cloud: the volume of job job-of-create-1.",
                "Its volume has the UID uid-1 in its metadata."
            })
    void acceptsEventThatNamesLeftover(String message) {
        var restore = RestoreState.withoutStatus("back", UID);
        assertThat(living(ONE).leftoversNamed(restore, List.of(message))).isEmpty();
        assertThat(living(TWO, FOREIGN).leftoversNamed(restore, List.of("Left in the cloud: volume volume-1.")))
                .singleElement()
                .asString()
                .contains("volume-2");
    }

    @Test
    void reportsRemainingVolumeWithIncompleteMarker() {
        var incomplete = new LivingVolume("volume-3", "available", Map.of(SnapshotInvariants.UID, UID));
        var restore = RestoreState.withoutStatus("back", UID);
        assertThat(living(ONE, FOREIGN).remainingAreMarked(restore)).isEmpty();
        assertThat(living(incomplete).remainingAreMarked(restore)).hasSize(1);
    }

    @Test
    void allowsFurtherCreateOnlyForLateOnesAndUnknownFailures() {
        var restore = RestoreState.withoutStatus("back", UID);
        assertThat(executed(CREATE, LATE).createdOnce(restore, known -> true)).isEmpty();
        assertThat(executed(CREATE, FAILED).createdOnce(restore, known -> true)).hasSize(1);
        assertThat(executed(CREATE, FAILED).createdOnce(restore, known -> false))
                .isEmpty();
        assertThat(executed(CREATE, CREATE).noCreateExecutedTwice(restore)).hasSize(1);
        assertThat(executed(CREATE).createdOnlyAfterIntent(restore, "create-1"::equals))
                .isEmpty();
        assertThat(executed(CREATE).createdOnlyAfterIntent(restore, "create-2"::equals))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "volume-1, available, true, 0",
        "volume-1, in-use, true, 0",
        "volume-1, available, false, 1",
        "volume-1, creating, true, 1",
        ", available, true, 1"
    })
    void acceptsReadyOnlyForUsableVolume(String volume, String status, boolean mayBeUsable, int violations) {
        assertThat(RestoreInvariants.readyOnlyWhenUsable(recording(volume, status, true), mayBeUsable))
                .hasSize(violations);
        assertThat(RestoreInvariants.readyOnlyWhenUsable(recording(volume, status, false), mayBeUsable))
                .isEmpty();
    }

    @Test
    void reportsTouchedForeignVolume() {
        assertThat(living(ONE, FOREIGN).foreignUnchanged(List.of(FOREIGN))).isEmpty();
        assertThat(living(ONE).foreignUnchanged(List.of(FOREIGN))).hasSize(1);
        assertThat(RestoreInvariants.foreignNotCalled(List.of("volume-1"), "volume-1"::equals))
                .isEmpty();
        assertThat(RestoreInvariants.foreignNotCalled(List.of("volume-9"), "volume-1"::equals))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "1, 1", "61, 0"})
    void reportsSnapshotDeletedDuringCopy(int second, int violations) {
        var copy = new Copying("back", "snapshot-1", NOON, NOON.plusSeconds(60));
        assertThat(RestoreInvariants.sourceKept(
                        List.of(copy), List.of(new SnapshotDelete("snapshot-1", NOON.plusSeconds(second)))))
                .hasSize(violations);
        assertThat(RestoreInvariants.sourceKept(
                        List.of(copy), List.of(new SnapshotDelete("snapshot-2", NOON.plusSeconds(second)))))
                .isEmpty();
    }
}
