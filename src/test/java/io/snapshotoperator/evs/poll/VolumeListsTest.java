/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.CloudVolumeBuilder;
import io.snapshotoperator.evs.cloud.Listing;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeFilter;
import io.snapshotoperator.evs.cloud.VolumeId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VolumeListsTest {
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
    private static final VolumeFilter ALL = VolumeFilter.all();

    private Instant now = NOON;
    private final VolumeLists lists = new VolumeLists(() -> now);

    @Test
    void servesOneListToAllThatAcceptItsAge() {
        lists.fetch(ALL, () -> new Listing<>(List.of(restored("v-1")), true));
        now = NOON.plusSeconds(3);

        assertThat(lists.find(ALL, NOON)).hasValueSatisfying(list -> {
            assertThat(list.startedAt()).isEqualTo(NOON);
            assertThat(list.volumes()).containsExactly(restored("v-1"));
        });
        assertThat(lists.find(ALL, NOON.plusSeconds(1))).isEmpty();
        assertThat(lists.find(VolumeFilter.inStatus("creating"), NOON)).isEmpty();
    }

    @Test
    void timesListByItsStart() {
        lists.fetch(ALL, () -> {
            now = NOON.plusSeconds(30);
            return new Listing<>(List.of(), true);
        });

        assertThat(lists.find(ALL, NOON.plusSeconds(1))).isEmpty();
    }

    @Test
    void servesNoListOfClockThatWasAhead() {
        now = NOON.plusSeconds(60);
        lists.fetch(ALL, () -> new Listing<>(List.of(), true));
        now = NOON;

        assertThat(lists.find(ALL, NOON)).isEmpty();
    }

    @Test
    void listsOnceAtATime() {
        var inner = lists.fetch(ALL, () -> {
            assertThat(lists.fetch(ALL, () -> {
                        throw new AssertionError("a second list at the same time");
                    }))
                    .isEmpty();
            return new Listing<>(List.of(), true);
        });

        assertThat(inner).isPresent();
    }

    @Test
    void listsAgainAfterFailure() {
        assertThatThrownBy(() -> lists.fetch(ALL, () -> {
                    throw new IllegalStateException("no answer");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(lists.fetch(ALL, () -> new Listing<>(List.of(), false)))
                .hasValueSatisfying(list -> assertThat(list.complete()).isFalse());
    }

    @Test
    void keepsOnlyVolumesThatRestoreCanHaveCreated() {
        var marked = CloudVolumeBuilder.builder()
                .id(new VolumeId("v-2"))
                .wireState("available")
                .metadata(Map.of("evs-snapshot-operator.uid", "u"))
                .build();
        var other = CloudVolumeBuilder.builder()
                .id(new VolumeId("v-3"))
                .wireState("in-use")
                .build();

        var list = lists.fetch(ALL, () -> new Listing<>(List.of(restored("v-1"), marked, other), true));

        assertThat(list.orElseThrow().volumes()).containsExactly(restored("v-1"), marked);
    }

    /** It proves nothing, so a restore that waits for a proof must get another one. */
    @Test
    void doesNotKeepIncompleteList() {
        assertThat(lists.fetch(VolumeFilter.all(), () -> new Listing<>(List.of(), false)))
                .hasValueSatisfying(list -> assertThat(list.complete()).isFalse());

        assertThat(lists.find(VolumeFilter.all(), NOON)).isEmpty();
    }

    private static CloudVolume restored(String id) {
        return CloudVolumeBuilder.builder()
                .id(new VolumeId(id))
                .wireState("available")
                .snapshotId(new SnapshotId("s-1"))
                .build();
    }
}
