/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.FailurePolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatusBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.RequestTemplateBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.RequestsPolicy;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SnapshotContentTemplateBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SourceSelector;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleSpecBuilder;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.retention.Candidate.State;
import io.snapshotoperator.evs.schedule.Child;
import io.snapshotoperator.evs.schedule.ChildName;
import io.snapshotoperator.evs.schedule.ScheduleDecision.NewChild;
import io.snapshotoperator.evs.schedule.ScheduleSource;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScheduledRequestsTest {
    private static final Instant SLOT = Instant.parse("2026-11-28T01:30:00Z");

    private static VolumeSnapshotSchedule schedule(
            String name, UnaryOperator<VolumeSnapshotScheduleSpecBuilder> change) {
        var schedule = new VolumeSnapshotSchedule();
        schedule.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace("shop")
                .withUid("0f7c1b9e-uid")
                .withLabels(Map.of("argocd.argoproj.io/instance", "shop"))
                .withAnnotations(Map.of("argocd.argoproj.io/tracking-id", "shop"))
                .build());
        schedule.setSpec(change.apply(VolumeSnapshotScheduleSpecBuilder.builder()
                        .schedule("30 2 * * *")
                        .timeZone("Europe/Berlin")
                        .sources(List.of(SourceSelector.ofClaim("data"))))
                .build());
        return schedule;
    }

    private static VolumeSnapshotRequest create(VolumeSnapshotSchedule schedule) {
        var meta = schedule.getMetadata();
        var request = ScheduledRequests.create(
                schedule,
                new NewChild(
                        ChildName.of(meta.getName(), meta.getUid(), "data", SLOT),
                        ScheduleSource.ofClaim("data"),
                        SLOT));
        request.getMetadata().setUid("child-uid");
        return request;
    }

    private static Optional<Child> read(VolumeSnapshotRequest request) {
        return ScheduledRequests.read(schedule("nightly", spec -> spec), request, id -> false);
    }

    @Test
    void recognizesWhatItCreated() {
        var child = read(create(schedule("nightly", spec -> spec))).orElseThrow();

        assertThat(child.source()).isEqualTo("data");
        assertThat(child.candidate().slot()).isEqualTo(SLOT);
        assertThat(child.candidate().state()).isEqualTo(State.IN_FLIGHT);
        assertThat(child.hasSnapshot()).isTrue();
    }

    @Test
    void copiesNeitherLabelsNorAnnotationsOfSchedule() {
        var metadata = create(schedule("nightly", spec -> spec)).getMetadata();

        assertThat(metadata.getLabels())
                .containsExactlyInAnyOrderEntriesOf(Map.of(Api.SCHEDULE, "nightly", Api.SCHEDULE_UID, "0f7c1b9e-uid"));
        assertThat(metadata.getAnnotations()).containsExactlyEntriesOf(Map.of(Api.SLOT, SLOT.toString()));
        assertThat(metadata.getOwnerReferences()).isEmpty();
    }

    @Test
    void leavesOutLabelThatWouldBeInvalid() {
        assertThat(create(schedule("n".repeat(64), spec -> spec)).getMetadata().getLabels())
                .containsOnlyKeys(Api.SCHEDULE_UID);
    }

    @Test
    void isOwnerOnlyIfUserWants() {
        assertThat(create(schedule("nightly", spec -> spec.requestsPolicy(RequestsPolicy.Delete)))
                        .getMetadata()
                        .getOwnerReferences())
                .singleElement()
                .satisfies(owner -> {
                    assertThat(owner.getUid()).isEqualTo("0f7c1b9e-uid");
                    assertThat(owner.getController()).isTrue();
                });
    }

    @Test
    void asksForContentAsTemplateDoes() {
        var request = create(schedule(
                "nightly",
                spec -> spec.template(RequestTemplateBuilder.builder()
                        .volumeSnapshotContent(SnapshotContentTemplateBuilder.builder()
                                .className("gold")
                                .driver("disk.csi.everest.io")
                                .createVolumeSnapshot(true)
                                .build())
                        .build())));

        assertThat(request.getSpec().volumeSnapshotContent())
                .isEqualTo(SnapshotContentSpecBuilder.builder()
                        .className("gold")
                        .driver("disk.csi.everest.io")
                        .createVolumeSnapshot(true)
                        .build());
        assertThat(create(schedule("nightly", spec -> spec)).getSpec().volumeSnapshotContent())
                .isNull();
    }

    @Test
    void isInUseWhileVolumeSnapshotIsBound() {
        var request = create(schedule("nightly", spec -> spec));
        var content =
                SnapshotContentStatusBuilder.builder().reason("ContentBound").message("");
        var status = VolumeSnapshotRequestStatusBuilder.builder().snapshotId("s-1");

        request.setStatus(status.volumeSnapshotContent(content.build()).build());
        assertThat(read(request).orElseThrow().candidate().inUse()).isFalse();
        request.setStatus(
                status.volumeSnapshotContent(content.boundTo("nightly").build()).build());
        assertThat(read(request).orElseThrow().candidate().inUse()).isTrue();
    }

    /** It is bound as long as the request exists, so retention would never delete one. */
    @Test
    void isNotInUseByVolumeSnapshotThatOperatorCreates() {
        var request = create(schedule(
                "nightly",
                spec -> spec.template(RequestTemplateBuilder.builder()
                        .volumeSnapshotContent(SnapshotContentTemplateBuilder.builder()
                                .createVolumeSnapshot(true)
                                .build())
                        .build())));
        request.setStatus(VolumeSnapshotRequestStatusBuilder.builder()
                .snapshotId("s-1")
                .volumeSnapshotContent(SnapshotContentStatusBuilder.builder()
                        .reason("ContentBound")
                        .message("")
                        .boundTo("nightly")
                        .build())
                .build());

        assertThat(read(request).orElseThrow().candidate().inUse()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "NotAuthorized, true",
        "VolumeAttached, true",
        "QuotaExceeded, true",
        "ReadyDeadlineExceeded, true",
        "InvalidRequest, false",
        "CreateOutcomeUnknown, false",
        "CreateIntentInvalid, false",
        "ClaimUnusable, false"
    })
    void tellsWhetherFailedRequestStillTriesAgain(String reason, boolean retried) {
        var request = create(schedule("nightly", spec -> spec));
        var status = VolumeSnapshotRequestStatusBuilder.builder()
                .conditions(List.of(new ConditionBuilder()
                        .withType("Ready")
                        .withStatus("False")
                        .withReason(reason)
                        .build()));

        request.setStatus(status.build());
        assertThat(read(request).orElseThrow().candidate().state()).isEqualTo(State.FAILED);
        assertThat(read(request).orElseThrow().retried()).isEqualTo(retried);
        request.setStatus(status.snapshotId("s-1").build());
        assertThat(read(request).orElseThrow().retried()).isFalse();
    }

    @Test
    void readsVolumeOfSnapshot() {
        var request = create(schedule("nightly", spec -> spec));
        assertThat(read(request).orElseThrow().candidate().volume()).isEmpty();

        request.setStatus(
                VolumeSnapshotRequestStatusBuilder.builder().volumeId("v-1").build());
        assertThat(read(request).orElseThrow().candidate().volume()).isEqualTo("v-1");
    }

    @Test
    void replacesFailedSnapshotsUnlessTemplateKeepsThem() {
        assertThat(create(schedule("nightly", spec -> spec)).getSpec().failurePolicy())
                .isEqualTo(FailurePolicy.Replace);
        var kept = create(schedule(
                        "nightly",
                        spec -> spec.template(RequestTemplateBuilder.builder()
                                .failurePolicy(FailurePolicy.Keep)
                                .build())))
                .getSpec();
        assertThat(kept.failurePolicy()).isEqualTo(FailurePolicy.Keep);
        assertThat(kept.maxAttempts()).isNull();
    }

    /** Each user who may edit requests can write all of this. */
    @Test
    void ignoresForgedRequests() {
        var otherName = create(schedule("nightly", spec -> spec));
        otherName.getMetadata().setName("precious");
        var otherSlot = create(schedule("nightly", spec -> spec));
        otherSlot
                .getMetadata()
                .setAnnotations(Map.of(Api.SLOT, SLOT.minusSeconds(60).toString()));
        var noTime = create(schedule("nightly", spec -> spec));
        noTime.getMetadata().setAnnotations(Map.of(Api.SLOT, "yesterday"));
        var otherSchedule = create(schedule("nightly", spec -> spec));
        otherSchedule.getMetadata().setLabels(Map.of(Api.SCHEDULE_UID, "another"));
        var noSpec = create(schedule("nightly", spec -> spec));
        noSpec.setSpec(null);

        assertThat(List.of(otherName, otherSlot, noTime, otherSchedule, noSpec))
                .allSatisfy(forged -> assertThat(read(forged)).isEmpty());
    }

    private record StateCase(Reason reason, String snapshotStatus, State state, boolean hasSnapshot) {}

    private static List<StateCase> states() {
        return List.of(
                new StateCase(SnapshotReason.SnapshotAvailable, "available", State.READY, true),
                new StateCase(SnapshotReason.WaitingForCloud, "creating", State.IN_FLIGHT, true),
                // It can still become available.
                new StateCase(SnapshotReason.ReadyDeadlineExceeded, "creating", State.IN_FLIGHT, true),
                new StateCase(SnapshotReason.SnapshotFailed, "error", State.FAILED, true),
                new StateCase(SnapshotReason.SnapshotMissing, "available", State.FAILED, false),
                new StateCase(CommonReason.QuotaExceeded, null, State.FAILED, false),
                new StateCase(CommonReason.VolumeNotFound, null, State.FAILED, false),
                new StateCase(CommonReason.Paused, null, State.IN_FLIGHT, true));
    }

    @ParameterizedTest
    @MethodSource("states")
    void readsStateOfRequest(StateCase expected) {
        var request = create(schedule("nightly", spec -> spec));
        request.setStatus(VolumeSnapshotRequestStatusBuilder.builder()
                .snapshotId(expected.snapshotStatus() == null ? null : "bc30907f-9f0b-4b8e-8a8d-0d2c5a4f3f10")
                .snapshotStatus(expected.snapshotStatus())
                .conditions(List.of(new ConditionBuilder()
                        .withType("Ready")
                        .withReason(expected.reason().name())
                        .build()))
                .build());

        var child = read(request).orElseThrow();

        assertThat(child.candidate().state()).isEqualTo(expected.state());
        assertThat(child.hasSnapshot()).isEqualTo(expected.hasSnapshot());
        assertThat(child.missing()).isEqualTo(expected.reason() == SnapshotReason.SnapshotMissing);
        assertThat(child.rejectedAsFull()).isEqualTo(expected.reason() == CommonReason.QuotaExceeded);
    }

    /** A wrong project of the connection must not make all good snapshots look like failed ones, which can be deleted. */
    @Test
    void doesNotTakeSnapshotForFailedThatWasGoodUnlessItIsGone() {
        assertThat(List.of(SnapshotReason.LocationMismatch, CommonReason.NotAuthorized, SnapshotReason.NotOwned))
                .allSatisfy(reason -> assertThat(stateOfOnceReady(reason)).isEqualTo(State.UNCERTAIN));
        assertThat(stateOfOnceReady(SnapshotReason.SnapshotFailed)).isEqualTo(State.FAILED);
        assertThat(stateOfOnceReady(SnapshotReason.SnapshotMissing)).isEqualTo(State.FAILED);
    }

    private static State stateOfOnceReady(Reason reason) {
        var request = create(schedule("nightly", spec -> spec));
        request.setStatus(VolumeSnapshotRequestStatusBuilder.builder()
                .snapshotId("bc30907f-9f0b-4b8e-8a8d-0d2c5a4f3f10")
                .snapshotStatus("available")
                .readyAt(SLOT.toString())
                .conditions(List.of(new ConditionBuilder()
                        .withType("Ready")
                        .withReason(reason.name())
                        .build()))
                .build());
        return read(request).orElseThrow().candidate().state();
    }

    @Test
    void readsHoldImportAndDeletion() {
        var request = create(schedule("nightly", spec -> spec));
        var annotations = new HashMap<>(request.getMetadata().getAnnotations());
        annotations.put(Api.HOLD, "true");
        request.getMetadata().setAnnotations(annotations);
        request.getMetadata().setDeletionTimestamp(SLOT.toString());
        request.setStatus(VolumeSnapshotRequestStatusBuilder.builder()
                .snapshotId("imported-by-another")
                .build());

        var child = ScheduledRequests.read(schedule("nightly", spec -> spec), request, "imported-by-another"::equals)
                .orElseThrow();

        assertThat(child.candidate().held()).isTrue();
        assertThat(child.candidate().inUse()).isTrue();
        assertThat(child.candidate().state()).isEqualTo(State.DELETING);
    }
}
