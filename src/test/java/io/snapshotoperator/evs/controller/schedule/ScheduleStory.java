/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.schedule;

import static io.snapshotoperator.evs.testing.Story.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SourceStatus;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleSpec;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleStatus;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.testing.AdjustableClock;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import io.snapshotoperator.evs.testing.VolumeController;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** The steps of a scenario with one schedule, on a story whose operator has a clock that the test sets forward. */
final class ScheduleStory {
    static final String NAME = "nightly";

    final AdjustableClock clock = new AdjustableClock();
    private final Story story;
    private final AtomicInteger touches = new AtomicInteger();

    ScheduleStory(Story story) {
        this.story = story;
        story.startOperator(clock);
    }

    Story story() {
        return story;
    }

    /** Creates a bound claim of the volume {@code volumeId(namespace + name)}. */
    static String claim(Story story, String name, Map<String, String> labels) {
        var volume = StoryExtension.volumeId(name);
        var volumeName = story.namespace() + "-" + name;
        var size = Map.of("storage", new Quantity("10Gi"));
        story.kubernetes()
                .resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName(volumeName)
                        .endMetadata()
                        .withNewSpec()
                        .withCapacity(size)
                        .withAccessModes("ReadWriteOnce")
                        .withStorageClassName("")
                        .withNewCsi()
                        .withDriver("disk.csi.everest.io")
                        .withVolumeHandle(volume)
                        .endCsi()
                        .endSpec()
                        .build())
                .create();
        story.kubernetes()
                .resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(story.namespace())
                        .withLabels(labels)
                        .endMetadata()
                        .withNewSpec()
                        .withAccessModes("ReadWriteOnce")
                        .withStorageClassName("")
                        .withVolumeName(volumeName)
                        .withNewResources()
                        .withRequests(size)
                        .endResources()
                        .endSpec()
                        .build())
                .create();
        VolumeController.bind(story.kubernetes(), story.namespace(), name);
        return volume;
    }

    /** Applies the schedule, and waits for its first status. */
    void apply(VolumeSnapshotScheduleSpec spec) {
        apply(spec, Map.of());
    }

    /** @param tracking labels and annotations, as GitOps tools set them */
    void apply(VolumeSnapshotScheduleSpec spec, Map<String, String> tracking) {
        var schedule = new VolumeSnapshotSchedule();
        schedule.setMetadata(new ObjectMetaBuilder()
                .withName(NAME)
                .withNamespace(story.namespace())
                .withLabels(tracking)
                .withAnnotations(tracking)
                .build());
        schedule.setSpec(spec);
        story.kubernetes().resource(schedule).create();
        eventually().untilAsserted(() -> assertThat(find().map(VolumeSnapshotSchedule::getStatus)
                        .map(VolumeSnapshotScheduleStatus::observedGeneration))
                .contains(1L));
    }

    void edit(UnaryOperator<VolumeSnapshotScheduleSpecBuilder> change) {
        var edited = eventually()
                .ignoreException(KubernetesClientException.class)
                .until(
                        () -> story.kubernetes().resource(get()).edit(schedule -> {
                            schedule.setSpec(change.apply(VolumeSnapshotScheduleSpecBuilder.builder(schedule.getSpec()))
                                    .build());
                            return schedule;
                        }),
                        edit -> true);
        eventually().untilAsserted(() -> assertThat(status().observedGeneration())
                .isEqualTo(edited.getMetadata().getGeneration()));
    }

    /** Sets the clock forward to this time, and lets the operator see it. */
    void setForwardTo(Instant time) {
        clock.setForwardTo(time);
        touch();
    }

    /** Sets the clock forward to the next slot, and returns the slot. */
    Instant setForwardToNextSlot() {
        var slot = Instant.parse(status().nextSlot());
        setForwardTo(slot);
        return slot;
    }

    /** Lets the operator reconcile the schedule now. */
    void touch() {
        eventually()
                .ignoreException(KubernetesClientException.class)
                .until(
                        () -> story.kubernetes().resource(get()).edit(schedule -> {
                            schedule.getMetadata()
                                    .setAnnotations(
                                            Map.of(Api.RECONCILE_REQUESTED_AT, "touch-" + touches.incrementAndGet()));
                            return schedule;
                        }),
                        edit -> true);
    }

    Optional<VolumeSnapshotSchedule> find() {
        return Optional.ofNullable(story.kubernetes()
                .resources(VolumeSnapshotSchedule.class)
                .inNamespace(story.namespace())
                .withName(NAME)
                .get());
    }

    VolumeSnapshotSchedule get() {
        return find().orElseThrow(() -> new AssertionError("the schedule is gone"));
    }

    VolumeSnapshotScheduleStatus status() {
        return Optional.ofNullable(get().getStatus())
                .orElseThrow(() -> new AssertionError("the schedule has no status yet"));
    }

    SourceStatus source(String name) {
        return status().sources().stream()
                .filter(source -> source.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not in " + status()));
    }

    /** Waits until the condition {@code Ready} has this reason, and returns its message. */
    String awaitReason(Reason reason) {
        eventually().untilAsserted(() -> assertThat(Conditions.readyReason(status().conditions()))
                .contains(reason.name()));
        return status().conditions().get(0).getMessage();
    }

    /** The requests of the schedule, oldest slot first. */
    List<VolumeSnapshotRequest> requests() {
        return story
                .kubernetes()
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(story.namespace())
                .withLabel(Api.SCHEDULE_UID, get().getMetadata().getUid())
                .list()
                .getItems()
                .stream()
                .sorted(Comparator.comparing(ScheduleStory::slot)
                        .thenComparing(request -> request.getMetadata().getName()))
                .toList();
    }

    static Instant slot(VolumeSnapshotRequest request) {
        return Instant.parse(request.getMetadata().getAnnotations().get(Api.SLOT));
    }

    /** Waits until the schedule counts so many requests that are ready, and none in progress. */
    void awaitReady(int requests) {
        Story.eventually().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(status().requestsReady()).as(() -> status().toString()).isEqualTo(requests);
            assertThat(status().requestsInProgress()).isZero();
        });
    }

    List<String> eventMessages(Reason reason) {
        return story.kubernetes().v1().events().inNamespace(story.namespace()).list().getItems().stream()
                .filter(event -> NAME.equals(event.getInvolvedObject().getName())
                        && reason.name().equals(event.getReason()))
                .map(Event::getMessage)
                .toList();
    }
}
