/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static io.snapshotoperator.evs.testing.StoryExtension.volumeId;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.FailedAttempt;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user and an administrator see when the cloud fails, or when settings or spec are wrong. */
class FailureStoryIT {
    private static final String ELSEWHERE = "e15e0000-0000-4000-8000-000000000001";
    private static final String ATTACHED = "a77a0000-0000-4000-8000-000000000002";
    private static final String BUSY = "b0570000-0000-4000-8000-000000000003";
    private static final String BROKEN = "b40ce000-0000-4000-8000-000000000004";

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onAnyApi();

    private static FailedAttempt onlyAttempt(Story story, String name) {
        var attempts = story.status(name).failedAttempts();
        assertThat(attempts).hasSize(1);
        return attempts.get(0);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "ANSWER_LOST_AFTER_ACTING",
                "ANSWER_LOST_BEFORE_ACTING",
                "SERVER_ERROR",
                "SERVER_ERROR_AFTER_ACTING",
                "THROTTLED_AFTER_ACTING",
                "HTML_BODY_AFTER_ACTING",
                "CUT_BODY",
                "UNREADABLE_SUCCESS",
                "RESPONSE_OF_OTHER_SNAPSHOT"
            })
    void searchesForSnapshotBeforeRetryingAmbiguousCreate(Fault fault) {
        var story = stories.begin();
        story.cloud().faults().once(fault, Operation.CREATE);
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.assertExactlyOne("nightly");
        assertThat(onlyAttempt(story, "nightly").mayHaveActed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "cinder"})
    void createsOneSnapshotPerRequestWhenServerCutsPages(String family) {
        var story = stories.begin(
                cloud().anyVolume().snapshotTakes(Duration.ofMillis(600)), Map.of("evs.connection.family", family));
        story.cloud().faults().add(FaultRule.always(Fault.PAGES_CUT).withText("5"));
        story.cloud().faults().add(FaultRule.always(Fault.PAGE_HINTS_MISSING).withText("next"));
        story.cloud()
                .faults()
                .add(FaultRule.times(Fault.ANSWER_LOST_AFTER_ACTING, 8).on(Operation.CREATE));
        var names =
                IntStream.range(0, 8).mapToObj(number -> "nightly-" + number).toList();
        names.forEach(
                name -> story.apply(name, ofVolume(volumeId(name)).force(true).build()));
        Story.eventually()
                .untilAsserted(() ->
                        assertThat(story.cloud().callLog().createsActedOn()).hasSize(8));
        // Newer snapshots of others fill the first pages.
        IntStream.range(0, 20)
                .forEach(number -> story.cloud().snapshots().addForeign(VOLUME, "other-" + number, Map.of()));

        names.forEach(story::awaitReady);

        assertThat(story.cloud().callLog().createsActedOn()).hasSize(8);
    }

    @Test
    void retriesAmbiguousCreateAfterResponseWithoutMetadata() {
        var story = stories.begin();
        story.cloud().faults().once(Fault.METADATA_NULL, Operation.CREATE);
        story.apply("first", ofVolume(VOLUME).build());
        story.awaitReady("first");
        story.cloud().faults().once(Fault.ANSWER_LOST_BEFORE_ACTING, Operation.CREATE);

        story.apply("second", ofVolume(VOLUME).build());

        story.awaitReady("second");
    }

    @Test
    void becomesReadyWhenNoListIsComplete() {
        var story = stories.begin(cloud().anyVolume().snapshotTakes(Duration.ofSeconds(12)));
        var names =
                IntStream.range(0, 8).mapToObj(number -> "nightly-" + number).toList();
        names.forEach(
                name -> story.apply(name, ofVolume(volumeId(name)).force(true).build()));
        names.forEach(name -> story.awaitReason(name, SnapshotReason.WaitingForCloud));

        story.cloud().faults().add(FaultRule.always(Fault.COUNT_TOO_HIGH));

        names.forEach(story::awaitReady);
    }

    @Test
    void adoptsSnapshotOfCreateThatCompletesWithinSettleTime() {
        var story = stories.begin();
        story.cloud()
                .faults()
                .add(FaultRule.once(Fault.CREATE_DELIVERED_LATE)
                        .on(Operation.CREATE)
                        .withDelay(Duration.ofMillis(2500)));
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.assertExactlyOne("nightly");
    }

    @Test
    void deletesDuplicateOfLateCreateWithinOneResync() {
        var story = stories.begin();
        story.cloud()
                .faults()
                .add(FaultRule.once(Fault.CREATE_DELIVERED_LATE)
                        .on(Operation.CREATE)
                        .withDelay(Duration.ofSeconds(6)));
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        Story.eventually()
                .untilAsserted(() ->
                        assertThat(story.cloud().callLog().createsActedOn()).hasSize(2));
        Story.eventually()
                .untilAsserted(
                        () -> assertThat(story.cloud().snapshots().living()).hasSize(1));
        Story.eventually()
                .untilAsserted(() -> assertThat(story.status("nightly").duplicateSnapshotIds())
                        .isEmpty());
        story.awaitReady("nightly");
        story.assertOneLivingSnapshot("nightly");
    }

    @Test
    void listsLateDuplicateOfMissingSnapshotAndDeletesItWithRequest() {
        var story = stories.begin();
        story.cloud()
                .faults()
                .add(FaultRule.once(Fault.CREATE_DELIVERED_LATE)
                        .on(Operation.CREATE)
                        .withDelay(Duration.ofSeconds(8)));
        story.apply("nightly", ofVolume(VOLUME).build());
        var lateId = story.awaitReady("nightly").snapshotId();
        story.cloud().snapshots().remove(lateId);
        story.awaitReason("nightly", SnapshotReason.SnapshotMissing);
        Story.eventually().untilAsserted(() -> {
            var late = story.cloud().snapshots().living().stream().map(snapshot -> snapshot.id());
            assertThat(story.status("nightly").duplicateSnapshotIds())
                    .hasSize(1)
                    .containsExactlyElementsOf(late.toList());
        });
        assertThat(story.status("nightly").snapshotId()).isEqualTo(lateId);
        assertThat(story.condition("nightly", "Ready").getMessage()).contains("import");
        story.delete("nightly");
        story.awaitGone("nightly");
        assertThat(story.cloud().snapshots().living()).isEmpty();
    }

    @Test
    void onlyListsForeignSnapshotWithCopiedMarker() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        var id = story.awaitReady("nightly").snapshotId();
        var foreign = story.cloud().snapshots().addForeign(VOLUME, "by-hand", Map.of());
        story.cloud().snapshots().copyMetadata(id, foreign.id());
        Story.eventually()
                .untilAsserted(() -> assertThat(story.status("nightly").duplicateSnapshotIds())
                        .containsExactly(foreign.id()));
        assertThat(story.cloud().snapshots().living()).hasSize(2);
        assertThat(story.cloud().callLog().count(Operation.DELETE)).isZero();
    }

    @Test
    void onlyListsMarkedSnapshotBesideRecordedOneWithoutMarker() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        var id = story.awaitReady("nightly").snapshotId();
        var other = story.cloud().snapshots().addForeign(VOLUME, "late", Map.of());
        story.cloud().snapshots().copyMetadata(id, other.id());
        story.cloud().snapshots().stripMetadata(id, "evs-snapshot-operator.");
        Story.eventually()
                .untilAsserted(() -> assertThat(story.status("nightly").duplicateSnapshotIds())
                        .containsExactly(other.id()));
        assertThat(story.status("nightly").snapshotId()).isEqualTo(id);
        assertThat(story.cloud().snapshots().living()).hasSize(2);
        assertThat(story.cloud().callLog().count(Operation.DELETE)).isZero();
    }

    @Test
    void sendsNoSecondCreateWhenMarkerIsDropped() {
        var story = stories.begin();
        story.cloud().faults().add(FaultRule.always(Fault.MARKER_NOT_KEPT).on(Operation.CREATE));
        story.cloud().faults().once(Fault.ANSWER_LOST_AFTER_ACTING, Operation.CREATE);
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReason("nightly", CommonReason.OwnershipMarkerDropped);
        assertThat(story.cloud().callLog().createsActedOn()).hasSize(1);
    }

    @Test
    void renewsExpiredToken() {
        var story = stories.begin(cloud().tokenLife(Duration.ofSeconds(2)));
        story.apply("first", ofVolume(VOLUME).build());
        story.awaitReady("first");
        story.cloud().tokens().expireAll();
        story.apply("second", ofVolume(VOLUME).build());
        story.awaitReady("second");
        assertThat(story.status("second").failedAttempts()).isEmpty();
        story.assertOneLivingSnapshot("first", "second");
        assertThat(story.cloud().callLog().createsActedOn()).hasSize(2);
    }

    @Test
    void slowsConnectionWhenThrottledAndLosesNothing() {
        var story = stories.begin();
        story.cloud()
                .faults()
                .add(FaultRule.times(Fault.THROTTLED, 2).on(Operation.CREATE).retryAfter(Duration.ofSeconds(1)));
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReason("nightly", CommonReason.Throttled);
        assertThat(story.condition("nightly", "Reconciling").getStatus()).isEqualTo("True");
        story.awaitReady("nightly");
        story.assertExactlyOne("nightly");
    }

    @Test
    void reportsQuotaExceededAndContinuesWhenQuotaIsFree() {
        var story = stories.begin(cloud().snapshotsPerVolume(1));
        var other = story.cloud().snapshots().addForeign(VOLUME, "by-hand", Map.of());
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReason("nightly", CommonReason.QuotaExceeded);
        assertThat(story.condition("nightly", "Stalled").getStatus()).isEqualTo("True");
        var attempt = story.status("nightly").failedAttempts().get(0);
        assertThat(attempt.httpStatus()).isEqualTo(413);
        assertThat(attempt.code()).isEqualTo("EVS.5413");
        assertThat(attempt.requestId()).isNotBlank();
        assertThat(attempt.mayHaveActed()).isFalse();
        story.cloud().snapshots().remove(other.id());
        story.awaitReady("nightly");
    }

    @Test
    void reportsVolumeNotFoundOnceWithoutRetry() {
        var story = stories.begin();
        story.apply("nightly", ofVolume("00000000-0000-0000-0000-000000000001").build());
        story.awaitReason("nightly", CommonReason.VolumeNotFound);
        var attempt = onlyAttempt(story, "nightly");
        assertThat(attempt.code()).isEqualTo("EVS.5404");
        assertThat(attempt.requestId()).isNotBlank();
        assertThat(story.cloud().callLog().count(Operation.CREATE)).isEqualTo(1);
        story.delete("nightly");
        story.awaitGone("nightly");
    }

    @Test
    void reportsVolumeNotFoundForVolumeOfAnotherProject() {
        var cloud = cloud().otherProject("ffffffffffffffffffffffffffffffff", "eu-de_other")
                .volume(Volume.available(ELSEWHERE).inProject("ffffffffffffffffffffffffffffffff"));
        var story = stories.begin(cloud);
        story.apply("nightly", ofVolume(ELSEWHERE).build());
        story.awaitReason("nightly", CommonReason.VolumeNotFound);
        assertThat(story.cloud().snapshots().living()).isEmpty();
    }

    @Test
    void reportsVolumeAttachedAndNamesForce() {
        var story = stories.begin(cloud().volume(Volume.inUse(ATTACHED)));
        story.apply("without", ofVolume(ATTACHED).build());
        story.awaitReason("without", CommonReason.VolumeAttached);
        assertThat(story.condition("without", "Ready").getMessage()).contains("spec.force: true");
        story.apply("with", ofVolume(ATTACHED).force(true).build());
        story.awaitReady("with");
    }

    @Test
    void waitsForVolumeInTransientState() {
        var story = stories.begin(cloud().volume(Volume.available(BUSY).withStatus("extending")));
        story.apply("nightly", ofVolume(BUSY).build());
        story.awaitReason("nightly", CommonReason.VolumeBusy);
        assertThat(story.condition("nightly", "Reconciling").getStatus()).isEqualTo("True");
        story.cloud().volumes().setStatus(BUSY, "available");
        story.awaitReady("nightly");
    }

    @Test
    void reportsVolumeUnusable() {
        var story = stories.begin(cloud().volume(Volume.available(BROKEN).withStatus("error_extending")));
        story.apply("nightly", ofVolume(BROKEN).build());
        story.awaitReason("nightly", CommonReason.VolumeUnusable);
        story.cloud().volumes().setStatus(BROKEN, "available");
        story.awaitReady("nightly");
    }

    @Test
    void addsNoFinalizerWithWrongCredentialsAndRecoversWithoutRestart() {
        var wrong = Map.of("evs.connection.credentials.password", "wrong");
        var story = stories.begin(cloud(), wrong);
        story.apply("nightly", ofVolume(VOLUME).build());
        var status = story.awaitReason("nightly", CommonReason.NotAuthorized);
        assertThat(story.get("nightly").getMetadata().getFinalizers()).isEmpty();
        assertThat(status.failedAttempts()).hasSize(1);
        assertThat(story.condition("nightly", "Ready").getMessage()).doesNotContain("wrong");
        assertThat(story.cloud().callLog().count(Operation.LOGIN)).isLessThan(5);
        story.delete("nightly");
        story.awaitGone("nightly");
    }

    @Test
    void namesEndpointSettingAndAddsNoFinalizer() {
        var typo = Map.of("evs.connection.endpoint", "http://127.0.0.1:1");
        var story = stories.begin(cloud(), typo);
        story.apply(
                "imported", ofSnapshot("00000000-0000-0000-0000-000000000000").build());
        Story.eventually().untilAsserted(() -> {
            var message = story.condition("imported", "Ready").getMessage();
            assertThat(message + story.status("imported").failedAttempts()).contains("evs.connection.endpoint");
        });
        assertThat(story.get("imported").getMetadata().getFinalizers()).isEmpty();
    }

    @Test
    void reportsHtmlResponseAndRetries() {
        var story = stories.begin();
        story.cloud().faults().add(FaultRule.times(Fault.HTML_BODY, 3).on(Operation.CREATE));
        story.apply("nightly", ofVolume(VOLUME).build());
        Story.eventually()
                .untilAsserted(() -> assertThat(story.status("nightly").failedAttempts())
                        .anySatisfy(attempt -> assertThat(attempt.message()).containsIgnoringCase("html")));
        story.awaitReady("nightly");
        story.assertExactlyOne("nightly");
    }

    @Test
    void reportsMisconfiguredConnectionOnUnpublishedApi() {
        var story = stories.begin();
        var fault = story.cloud()
                .faults()
                .add(FaultRule.always(Fault.API_NOT_PUBLISHED).on(Operation.CREATE));
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReason("nightly", CommonReason.ConnectionMisconfigured);
        story.cloud().faults().remove(fault);
        story.awaitReady("nightly");
        story.assertExactlyOne("nightly");
    }

    @Test
    void writesNothingToReadyRequestDuringOutage() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.cloud().faults().add(FaultRule.always(Fault.SERVER_ERROR).on(Operation.LIST, Operation.GET));
        story.annotate("nightly", "any", "change");
        var version = story.annotate("nightly", Api.RECONCILE_REQUESTED_AT, "now")
                .getMetadata()
                .getResourceVersion();
        // The second read follows a failed one.
        story.awaitCalls(Operation.GET, 2);
        assertThat(story.get("nightly").getMetadata().getResourceVersion())
                .as("version written by the user")
                .isEqualTo(version);
        story.cloud().faults().clear();
        story.awaitReady("nightly");
        assertThat(story.condition("nightly", "Ready").getStatus()).isEqualTo("True");
    }

    @Test
    void createsNoSecondSnapshotWhenListLags() {
        var story = stories.begin();
        story.cloud()
                .faults()
                .add(FaultRule.once(Fault.LISTING_LAGS).on(Operation.CREATE).withDelay(Duration.ofSeconds(1)));
        story.cloud().faults().once(Fault.ANSWER_LOST_AFTER_ACTING, Operation.CREATE);
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.assertExactlyOne("nightly");
    }

    @Test
    void restoresWipedStatusFromMarker() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        var id = story.awaitReady("nightly").snapshotId();
        story.wipeStatus("nightly");
        Story.eventually().untilAsserted(() -> {
            assertThat(story.status("nightly").snapshotId()).isEqualTo(id);
            assertThat(story.condition("nightly", "Ready").getStatus()).isEqualTo("True");
        });
        story.assertExactlyOne("nightly");
    }

    @Test
    void restoresWipedStatusAndIntentFromMarker() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        var id = story.awaitReady("nightly").snapshotId();
        story.edit("nightly", request -> {
            request.getMetadata().setAnnotations(null);
            request.getMetadata().setFinalizers(null);
        });
        story.wipeStatus("nightly");
        Story.eventually()
                .untilAsserted(
                        () -> assertThat(story.status("nightly").snapshotId()).isEqualTo(id));
        story.assertExactlyOne("nightly");
    }

    @Test
    void keepsReadyWithInvalidIntentAndAllowsAbandon() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        var id = story.awaitReady("nightly").snapshotId();
        story.annotate("nightly", Api.CREATE_INTENT, "edited by hand");
        story.annotate("nightly", Api.RECONCILE_REQUESTED_AT, "now");
        story.awaitCalls(Operation.GET, 1);
        story.awaitReady("nightly");

        story.delete("nightly");

        // The recorded snapshot is deleted. Another create request may have been sent.
        story.awaitReason("nightly", CommonReason.CreateIntentInvalid);
        assertThat(story.condition("nightly", "Ready").getMessage()).contains("abandon");
        assertThat(story.cloud().snapshots().living()).isEmpty();
        story.annotate("nightly", Api.ABANDON, "true");
        story.awaitGone("nightly");
        assertThat(story.awaitEventMessage("nightly", SnapshotReason.SnapshotAbandoned))
                .contains(id);
    }

    @Test
    void namesWhatStaysWhenRequestIsAbandoned() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).build());
        var id = story.awaitReady("nightly").snapshotId();
        story.annotate("nightly", Api.PAUSED, "true");
        story.delete("nightly");
        story.annotate("nightly", Api.ABANDON, "true");
        story.awaitGone("nightly");
        assertThat(story.awaitEventMessage("nightly", SnapshotReason.SnapshotAbandoned))
                .contains("Left in the cloud: " + id);
        assertThat(story.cloud().callLog().count(Operation.DELETE)).isZero();
        assertThat(story.cloud().snapshots().living()).hasSize(1);
    }

    @Test
    void describesPossibleSnapshotWhenRequestIsAbandonedDuringCreate() {
        var story = stories.begin();
        story.cloud().faults().once(Fault.ANSWER_LOST_AFTER_ACTING, Operation.CREATE);
        var uid = story.apply("nightly", ofVolume(VOLUME).build()).getMetadata().getUid();
        story.awaitReason("nightly", CommonReason.VerifyingPreviousCreate);
        story.annotate("nightly", Api.PAUSED, "true");
        story.delete("nightly");
        story.annotate("nightly", Api.ABANDON, "true");
        story.awaitGone("nightly");
        assertThat(story.cloud().snapshots().living()).hasSize(1);
        assertThat(story.awaitEventMessage("nightly", SnapshotReason.SnapshotAbandoned))
                .contains(uid, "orphans");
    }

    @Test
    void allowsAbandonWithInvalidSpec() {
        var story = stories.begin();
        story.apply("nightly", ofVolume(VOLUME).connection("elsewhere").build());
        story.awaitReason("nightly", CommonReason.ConnectionNotFound);
        story.edit("nightly", request -> request.addFinalizer(Api.FINALIZER));
        story.delete("nightly");
        story.annotate("nightly", Api.ABANDON, "true");
        story.awaitGone("nightly");
    }
}
