/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.FailedAttempt;
import io.snapshotoperator.evs.api.v1alpha1.FailedAttemptBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatusBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.SourceRisk;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.snapshotoperator.evs.createonce.RecordedFailureBuilder;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.snapshot.StatusPatch;
import io.snapshotoperator.evs.snapshot.StatusPatchBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusMapperTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final CloudLocation HERE = new CloudLocation("https://evs.example", "project-a");

    private final VolumeSnapshotRequest request = request();

    @Test
    void recordsFirstReadinessOnce() {
        write(observed(SnapshotReason.SnapshotAvailable, "s-1", false), NOON);
        write(observed(SnapshotReason.SnapshotAvailable, "s-1", false), NOON.plusSeconds(60));

        assertThat(status().readyAt()).isEqualTo("2026-01-01T12:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ReplacingFailedSnapshot", "NotOwned", "SnapshotInUse", "Deleting", "Paused"})
    void recordsNoReadinessOfAvailableSnapshotThatIsNotReady(String word) {
        var reason = SnapshotReason.named(word).orElseThrow();

        write(observed(reason, "s-1", false), NOON);

        assertThat(status().readyAt()).isNull();
    }

    @Test
    void leavesWhatIsRecordedAboutContentAsItIs() {
        var content = SnapshotContentStatusBuilder.builder()
                .name("evs-uid-1-1")
                .binding(1)
                .reason("ContentBound")
                .message("")
                .build();
        request.setStatus(VolumeSnapshotRequestStatusBuilder.builder()
                .volumeSnapshotContent(content)
                .build());

        write(observed(SnapshotReason.SnapshotAvailable, "s-1", false), NOON);

        assertThat(status().volumeSnapshotContent()).isEqualTo(content);
    }

    @Test
    void isHeldByContentWhileItsFinalizerIsThere() {
        assertThat(StatusMapper.read(request).contentHold()).isEmpty();

        request.addFinalizer(Api.CONTENT_FINALIZER);
        assertThat(StatusMapper.read(request).contentHold()).contains("");
        request.setStatus(VolumeSnapshotRequestStatusBuilder.builder()
                .volumeSnapshotContent(SnapshotContentStatusBuilder.builder()
                        .reason("VolumeSnapshotInUse")
                        .message("It is VolumeSnapshot nightly.")
                        .build())
                .build());
        assertThat(StatusMapper.read(request).contentHold()).contains("It is VolumeSnapshot nightly.");
    }

    @Test
    void countsReplacementOnceWhenPatchIsAppliedTwice() {
        write(observed(SnapshotReason.SnapshotFailed, "s-1", false), NOON);
        write(observed(SnapshotReason.WaitingForCloud, "s-2", true), NOON);
        write(observed(SnapshotReason.WaitingForCloud, "s-2", true), NOON);

        assertThat(status().replacements()).isEqualTo(1);
    }

    @Test
    void keepsLastFiveFailedAttempts() {
        for (var i = 0; i < 7; i++) {
            write(failing("create", Optional.of("create-" + i), NOON), NOON);
        }

        assertThat(status().failedAttempts().stream().map(attempt -> attempt.createId()))
                .containsExactly("create-2", "create-3", "create-4", "create-5", "create-6");
    }

    @Test
    void keepsNewestFailedCreateWhenReadsFailLater() {
        write(failing("create", Optional.of("create-1"), NOON), NOON);
        write(failing("create", Optional.of("create-2"), NOON), NOON);
        for (var i = 0; i < 7; i++) {
            var failure = failure(RecordedFailure.READ, NOON.plusSeconds(i)).message("no " + i);
            write(failing(failure.build()), NOON);
        }

        assertThat(status().failedAttempts()).hasSize(5);
        assertThat(status().failedAttempts().get(0).createId()).isEqualTo("create-2");
        assertThat(status().failedAttempts().get(4).time()).isEqualTo("2026-01-01T12:00:06Z");
    }

    @Test
    void foldsEqualFailuresIntoOneEntryWithCount() {
        for (var i = 0; i < 3; i++) {
            var failure = failure(RecordedFailure.DELETE, NOON.plusSeconds(i)).requestId("request-" + i);
            write(failing(failure.build()), NOON);
        }

        assertThat(status().failedAttempts())
                .containsExactly(FailedAttemptBuilder.builder()
                        .time("2026-01-01T12:00:02Z")
                        .firstTime("2026-01-01T12:00:00Z")
                        .count(3)
                        .operation("delete")
                        .httpStatus(400)
                        .message("no")
                        .requestId("request-2")
                        .mayHaveActed(false)
                        .build());
        assertThat(StatusMapper.read(request).failures())
                .containsExactly(failure(RecordedFailure.DELETE, NOON.plusSeconds(2))
                        .requestId("request-2")
                        .count(3)
                        .build());
    }

    @Test
    void movesFoldedFailureToTheEnd() {
        write(failing(failure(RecordedFailure.DELETE, NOON).build()), NOON);
        write(failing(failure(RecordedFailure.READ, NOON.plusSeconds(1)).build()), NOON);
        write(failing(failure(RecordedFailure.DELETE, NOON.plusSeconds(2)).build()), NOON);

        assertThat(status().failedAttempts())
                .extracting(FailedAttempt::operation, FailedAttempt::count)
                .containsExactly(tuple("read", null), tuple("delete", 2));
    }

    @Test
    void keepsDifferentFailuresApart() {
        var failure = failure(RecordedFailure.DELETE, NOON).build();
        for (var other : List.of(
                failure,
                RecordedFailureBuilder.builder(failure).operation("update").build(),
                RecordedFailureBuilder.builder(failure).httpStatus(409).build(),
                RecordedFailureBuilder.builder(failure).code("EVS.1").build(),
                RecordedFailureBuilder.builder(failure).message("yes").build())) {
            write(failing(other), NOON);
        }

        assertThat(status().failedAttempts()).hasSize(5).allSatisfy(entry -> assertThat(entry.count())
                .isNull());
    }

    @Test
    void keepsFailuresOfDifferentCreateRequestsAndOutcomesApart() {
        var failure = failure(RecordedFailure.CREATE, NOON).createId("create-1").build();
        for (var other : List.of(
                failure,
                RecordedFailureBuilder.builder(failure).createId("create-2").build(),
                RecordedFailureBuilder.builder(failure).mayHaveActed(true).build())) {
            write(failing(other), NOON);
        }

        assertThat(status().failedAttempts()).hasSize(3);
    }

    private static StatusPatch failing(String operation, Optional<String> createId, Instant when) {
        return failing(failure(operation, when).createId(createId).build());
    }

    private static RecordedFailureBuilder failure(String operation, Instant when) {
        return RecordedFailure.once(operation, when).httpStatus(400).message("no");
    }

    private static StatusPatch failing(RecordedFailure failure) {
        return patch(CommonReason.Rejected, Optional.empty(), Optional.of(failure), false);
    }

    @Test
    void riskOfSourceEndsWithSnapshot() {
        write(observed(SnapshotReason.SnapshotAvailable, "s-1", false), NOON);
        request.setStatus(
                StatusMapper.withSourceRisk(request, Optional.of(new SourceRisk("pv-1", "The volume is deleted."))));

        write(observed(SnapshotReason.SnapshotAvailable, "s-1", false), NOON.plusSeconds(60));
        assertThat(StatusMapper.read(request).volumeAtRisk()).contains("pv-1");
        write(StatusPatch.of(Verdict.of(SnapshotReason.SnapshotMissing)), NOON.plusSeconds(120));

        assertThat(status().sourceRisk()).isNull();
    }

    private void write(StatusPatch statusPatch, Instant now) {
        request.setStatus(StatusMapper.apply(request, statusPatch, now));
    }

    private VolumeSnapshotRequestStatus status() {
        return request.getStatus();
    }

    private static StatusPatch observed(Reason reason, String id, boolean replaced) {
        return patch(reason, Optional.of(snapshot(id)), Optional.empty(), replaced);
    }

    private static StatusPatch patch(
            Reason reason, Optional<CloudSnapshot> snapshot, Optional<RecordedFailure> attempt, boolean replaced) {
        return StatusPatchBuilder.builder()
                .verdict(Verdict.of(reason))
                .snapshot(snapshot)
                .location(HERE)
                .failedAttempt(attempt)
                .replaced(replaced)
                .build();
    }

    private static CloudSnapshot snapshot(String id) {
        return CloudSnapshotBuilder.builder()
                .id(new SnapshotId(id))
                .wireState("available")
                .build();
    }

    private static VolumeSnapshotRequest request() {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withName("nightly")
                .withNamespace("shop")
                .withUid("uid-1")
                .withGeneration(1L)
                .withCreationTimestamp("2026-01-01T12:00:00Z")
                .build());
        return request;
    }
}
