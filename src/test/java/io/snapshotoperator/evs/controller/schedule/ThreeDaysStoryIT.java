/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.schedule;

import static io.snapshotoperator.evs.testing.Story.eventually;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static io.snapshotoperator.evs.testing.StoryExtension.volumeId;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.schedule.RequestTemplateBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.RetentionSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SourceSelector;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SourceStatus;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleStatusBuilder;
import io.snapshotoperator.evs.schedule.ScheduleReason;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three days of a schedule over ten claims, on the API server that the class has, with a clock that the test sets forward. */
class ThreeDaysStoryIT {
    private static final int CLAIMS = 10;

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onAnyApi();

    /**
     * Two slots a day. The snapshots of one claim end in an error on the first day; the process ends after it created the requests of a
     * slot and before it recorded that; a claim is deleted on the second day; the operator does not run for a slot; the time zone is
     * edited; the last two slots are as usual.
     */
    @Test
    void keepsPromisesThroughTroubles() {
        var cloud = cloud();
        IntStream.range(0, CLAIMS).forEach(claim -> cloud.volume(Volume.inUse(volumeId("data-" + claim))));
        var story = stories.prepare(cloud);
        IntStream.range(0, CLAIMS).forEach(claim -> ScheduleStory.claim(story, "data-" + claim, Map.of()));
        story.cloud()
                .faults()
                .add(FaultRule.always(Fault.SNAPSHOT_ENDS_IN_ERROR)
                        .on(Operation.CREATE)
                        .ofVolume(volumeId("data-1")));
        var schedule = new ScheduleStory(story);
        schedule.apply(VolumeSnapshotScheduleSpecBuilder.builder()
                .schedule("0 3,15 * * *")
                .timeZone("Europe/Berlin")
                .spread("0s")
                .startingDeadline("1h")
                .sources(List.of(SourceSelector.ofPattern("data-*")))
                .template(RequestTemplateBuilder.builder().maxAttempts(1).build())
                .retention(RetentionSpecBuilder.builder().last(2).build())
                .build());
        var lastGood = new LastGood(schedule);

        // The first day: one claim fails, and the others are not held up.
        schedule.setForwardToNextSlot();
        schedule.awaitReady(CLAIMS - 1);
        lastGood.check();
        assertThat(schedule.status().requestsFailed()).isEqualTo(1);
        assertThat(schedule.source("data-1").lastGoodSlot()).isNull();

        // The process ends before it recorded the slot, and the next one finds its requests.
        var second = schedule.setForwardToNextSlot();
        eventually().untilAsserted(() -> assertThat(ofSlot(schedule, second)).hasSize(CLAIMS));
        story.stopOperator();
        forget(schedule, second);
        story.startOperator(schedule.clock);
        schedule.awaitReady(2 * (CLAIMS - 1));
        lastGood.check();
        assertThat(ofSlot(schedule, second)).hasSize(CLAIMS);

        // The second day: the failing claim recovers, and its failures go. Another claim is deleted.
        story.cloud().faults().clear();
        deleteClaim(schedule, "data-9");
        var third = schedule.setForwardToNextSlot();
        eventually().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(schedule.source("data-1").lastGoodSlot()).isEqualTo(third.toString());
            // One failed request is kept. Of the claim that is gone, everything is kept.
            assertThat(schedule.status().requestsFailed()).isEqualTo(1);
            assertThat(schedule.status().requestsReady()).isEqualTo((CLAIMS - 2) * 2 + 1 + 2);
        });
        lastGood.check();

        // No operator runs for a slot, which is then skipped.
        story.stopOperator();
        var fourth = Instant.parse(schedule.status().nextSlot());
        schedule.clock.setForwardTo(fourth.plus(Duration.ofHours(2)));
        story.startOperator(schedule.clock);
        eventually().untilAsserted(() -> assertThat(schedule.eventMessages(ScheduleReason.SlotSkipped))
                .anyMatch(message -> message.contains(fourth.toString()) && message.contains("no operator ran")));
        assertThat(ofSlot(schedule, fourth)).isEmpty();

        // The third day: an edit of the zone starts nothing. Then two slots as usual.
        schedule.edit(spec -> spec.timeZone("America/New_York"));
        assertThat(schedule.requests())
                .allMatch(request -> !ScheduleStory.slot(request).isAfter(third));
        for (var slot = 0; slot < 2; slot++) {
            var next = schedule.setForwardToNextSlot();
            eventually().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                assertThat(ofSlot(schedule, next)).hasSize(CLAIMS - 1);
                assertThat(schedule.status().requestsReady()).isEqualTo((CLAIMS - 1) * 2 + 2);
                assertThat(schedule.status().requestsInProgress()).isZero();
            });
            lastGood.check();
        }
        // The status of the last loop can be that before the requests of the slot were created.
        eventually().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(schedule.status().requestsFailed()).isLessThanOrEqualTo(1);
            assertThat(schedule.requests())
                    .hasSize((CLAIMS - 1) * 2 + 2 + schedule.status().requestsFailed());
            assertOneSnapshotForEachRequest(schedule);
        });
    }

    private static List<VolumeSnapshotRequest> ofSlot(ScheduleStory schedule, Instant slot) {
        return schedule.requests().stream()
                .filter(request -> ScheduleStory.slot(request).equals(slot))
                .toList();
    }

    /** Takes the slot out of the status, as if the process had ended before it wrote it. */
    private static void forget(ScheduleStory schedule, Instant slot) {
        schedule.story().kubernetes().resource(schedule.get()).editStatus(edited -> {
            var before = edited.getStatus();
            edited.setStatus(VolumeSnapshotScheduleStatusBuilder.builder(before)
                    .lastSlot(slot.minus(Duration.ofHours(12)).toString())
                    .sources(before.sources().stream()
                            .map(source -> new SourceStatus(
                                    source.name(),
                                    source.since(),
                                    null,
                                    source.lastGoodSlot(),
                                    source.lastGoodRequest(),
                                    null))
                            .toList())
                    .build());
            return edited;
        });
    }

    private static void deleteClaim(ScheduleStory schedule, String claim) {
        var claims = schedule.story()
                .kubernetes()
                .persistentVolumeClaims()
                .inNamespace(schedule.story().namespace())
                .withName(claim);
        claims.delete();
        if (claims.get() != null) {
            // The API server protects claims, and no controller of the cluster runs that would end the protection.
            claims.edit(stored -> {
                stored.getMetadata().setFinalizers(List.of());
                return stored;
            });
        }
    }

    private static void assertOneSnapshotForEachRequest(ScheduleStory schedule) {
        var living = schedule.story().cloud().snapshots().living();
        assertThat(living).hasSameSizeAs(schedule.requests());
        assertThat(living.stream().collect(Collectors.groupingBy(snapshot -> snapshot.metadata()
                        .get("evs-snapshot-operator.uid"))))
                .allSatisfy((uid, snapshots) -> assertThat(snapshots).hasSize(1));
        assertThat(schedule.requests())
                .allSatisfy(request ->
                        assertThat(request.getMetadata().getLabels()).containsEntry(Api.SCHEDULE, ScheduleStory.NAME));
    }

    /** Checks that the last good snapshot of a claim never gets older: it was never deleted. */
    private record LastGood(ScheduleStory schedule, Map<String, Instant> known) {
        LastGood(ScheduleStory schedule) {
            this(schedule, new HashMap<>());
        }

        void check() {
            for (var claim = 0; claim < CLAIMS; claim++) {
                var name = "data-" + claim;
                var newest = schedule.requests().stream()
                        .filter(request -> name.equals(
                                        request.getSpec().source().persistentVolumeClaimName())
                                && request.getStatus() != null
                                && "available".equals(request.getStatus().snapshotStatus()))
                        .map(ScheduleStory::slot)
                        .max(Instant::compareTo);
                var before = known.get(name);
                assertThat(before == null || newest.isPresent() && !newest.get().isBefore(before))
                        .as("last good snapshot of " + name)
                        .isTrue();
                newest.ifPresent(slot -> known.put(name, slot));
            }
        }
    }
}
