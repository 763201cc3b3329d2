/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.schedule;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.Story.eventually;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static io.snapshotoperator.evs.testing.StoryExtension.volumeId;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.ResourceQuotaStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.FailurePolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.api.v1alpha1.schedule.ClaimSelector;
import io.snapshotoperator.evs.api.v1alpha1.schedule.RequestsPolicy;
import io.snapshotoperator.evs.api.v1alpha1.schedule.RetentionSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SourceSelector;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleSpecBuilder;
import io.snapshotoperator.evs.schedule.ScheduleReason;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Schedules from the user's view, with a clock that the tests set forward. */
class ScheduleStoryIT {
    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onAnyApi();

    private static VolumeSnapshotScheduleSpecBuilder daily(SourceSelector... sources) {
        return VolumeSnapshotScheduleSpecBuilder.builder()
                .schedule("30 2 * * *")
                .timeZone("Europe/Berlin")
                .spread("0s")
                .sources(List.of(sources));
    }

    private static ScheduleStory begin(String... claims) {
        var cloud = cloud();
        for (var claim : claims) {
            cloud.volume(Volume.inUse(volumeId(claim)));
        }
        var story = stories.prepare(cloud);
        for (var claim : claims) {
            ScheduleStory.claim(story, claim, Map.of("app", claim.startsWith("log") ? "log" : "shop"));
        }
        return new ScheduleStory(story);
    }

    @Test
    void createsOneRequestForEachSourceAtEachSlotAndKeepsTheNewest() {
        var schedule = begin("data-0", "data-1", "log-0");
        schedule.apply(
                daily(
                                SourceSelector.ofPattern("data-*"),
                                SourceSelector.ofLabels(new ClaimSelector(Map.of("app", "log"), null)))
                        .retention(RetentionSpecBuilder.builder().last(2).build())
                        .build(),
                Map.of("argocd.argoproj.io/instance", "shop"));
        assertThat(schedule.status().nextSlot()).isNotNull();
        assertThat(schedule.requests()).isEmpty();

        var first = schedule.setForwardToNextSlot();
        schedule.awaitReady(3);
        assertThat(schedule.requests()).hasSize(3).allSatisfy(request -> {
            assertThat(ScheduleStory.slot(request)).isEqualTo(first);
            assertThat(request.getMetadata().getLabels()).containsOnlyKeys(Api.SCHEDULE, Api.SCHEDULE_UID);
            assertThat(request.getMetadata().getOwnerReferences()).isEmpty();
            assertThat(request.getSpec().failurePolicy()).isEqualTo(FailurePolicy.Replace);
        });
        assertThat(schedule.status().lastSlot()).isEqualTo(first.toString());
        assertThat(schedule.source("log-0").lastGoodSlot()).isEqualTo(first.toString());
        assertThat(schedule.status().oldestGoodSlot()).isEqualTo(first.toString());

        schedule.setForwardToNextSlot();
        schedule.awaitReady(6);
        var third = schedule.setForwardToNextSlot();
        eventually().untilAsserted(() -> assertThat(schedule.requests())
                .hasSize(6)
                .noneMatch(request -> ScheduleStory.slot(request).equals(first)));
        schedule.awaitReady(6);

        assertThat(schedule.status().lastSlot()).isEqualTo(third.toString());
        assertThat(schedule.story().cloud().callLog().createsActedOn()).hasSize(9);
        assertThat(schedule.story().cloud().snapshots().living()).hasSize(6);
        assertThat(schedule.eventMessages(ScheduleReason.RequestsExpired)).isNotEmpty();
        assertThat(schedule.awaitReason(ScheduleReason.ScheduleActive)).doesNotContain("log-0");
    }

    @Test
    void skipsSlotOfMissingClaimOnlyAndDeletesNothingOfIt() {
        var schedule = begin("data-0", "data-1");
        schedule.apply(daily(SourceSelector.ofClaim("data-0"), SourceSelector.ofClaim("data-1"))
                .retention(RetentionSpecBuilder.builder().last(1).build())
                .build());
        schedule.setForwardToNextSlot();
        schedule.awaitReady(2);

        schedule.story()
                .kubernetes()
                .persistentVolumeClaims()
                .inNamespace(schedule.story().namespace())
                .withName("data-1")
                .delete();
        removeFinalizers(schedule, "data-1");
        var second = schedule.setForwardToNextSlot();
        eventually().untilAsserted(() -> assertThat(schedule.source("data-0").lastGoodSlot())
                .isEqualTo(second.toString()));
        schedule.setForwardTo(second.plus(Duration.ofHours(2)));

        eventually().untilAsserted(() -> assertThat(schedule.eventMessages(ScheduleReason.SlotSkipped))
                .singleElement()
                .asString()
                .contains("data-1: There is no PersistentVolumeClaim of this name"));
        assertThat(schedule.awaitReason(ScheduleReason.SourcesMissing)).contains("data-1");
        eventually().untilAsserted(() -> assertThat(schedule.requests()).hasSize(2));
        assertThat(schedule.source("data-1").lastGoodSlot()).isNotEqualTo(second.toString());
        assertThat(schedule.status().lastSlot()).isEqualTo(second.toString());
    }

    private static void removeFinalizers(ScheduleStory schedule, String claim) {
        Optional.ofNullable(schedule.story()
                        .kubernetes()
                        .persistentVolumeClaims()
                        .inNamespace(schedule.story().namespace())
                        .withName(claim)
                        .get())
                .ifPresent(
                        stored -> schedule.story().kubernetes().resource(stored).edit(edited -> {
                            edited.getMetadata().setFinalizers(List.of());
                            return edited;
                        }));
    }

    @Test
    void keepsWhatUserHolds() {
        var schedule = begin("data-0");
        schedule.apply(daily(SourceSelector.ofClaim("data-0"))
                .retention(RetentionSpecBuilder.builder().last(1).build())
                .build());
        schedule.setForwardToNextSlot();
        schedule.awaitReady(1);
        var held = schedule.requests().get(0).getMetadata().getName();
        schedule.story().annotate(held, Api.HOLD, "true");

        schedule.setForwardToNextSlot();
        schedule.awaitReady(2);
        var second = schedule.requests().get(1).getMetadata().getName();
        schedule.setForwardToNextSlot();
        schedule.story().awaitGone(second);

        assertThat(names(schedule)).hasSize(2).contains(held);
    }

    private static List<String> names(ScheduleStory schedule) {
        return schedule.requests().stream()
                .map(request -> request.getMetadata().getName())
                .toList();
    }

    @Test
    void doesNotTakeOtherRequestsForItsOwn() {
        var schedule = begin("data-0");
        schedule.apply(daily(SourceSelector.ofClaim("data-0"))
                .retention(RetentionSpecBuilder.builder().last(1).build())
                .build());
        schedule.setForwardToNextSlot();
        schedule.awaitReady(1);
        var real = schedule.requests().get(0);
        var forged = new VolumeSnapshotRequest();
        forged.setMetadata(new ObjectMetaBuilder()
                .withName("precious")
                .withNamespace(schedule.story().namespace())
                .withLabels(real.getMetadata().getLabels())
                .withAnnotations(Map.of(
                        Api.SLOT,
                        ScheduleStory.slot(real).minus(Duration.ofDays(1)).toString()))
                .build());
        forged.setSpec(VolumeSnapshotRequestSpec.of(SnapshotSource.ofVolume(VOLUME)));
        schedule.story().kubernetes().resource(forged).create();
        schedule.story().awaitReady("precious");

        schedule.setForwardToNextSlot();
        schedule.story().awaitGone(real.getMetadata().getName());
        schedule.awaitReady(1);

        assertThat(schedule.story().find("precious")).isPresent();
        assertThat(schedule.status().sources()).hasSize(1);
    }

    @Test
    void editedRuleStartsNothingAndResumedScheduleMakesUpForOneSlot() {
        var schedule = begin("data-0");
        schedule.apply(daily(SourceSelector.ofClaim("data-0")).suspend(true).build());
        var first = schedule.setForwardToNextSlot();
        schedule.awaitReason(ScheduleReason.ScheduleSuspended);
        schedule.setForwardTo(first.plus(Duration.ofDays(3)).plus(Duration.ofMinutes(10)));
        assertThat(schedule.requests()).isEmpty();

        schedule.edit(spec -> spec.suspend(false));
        schedule.awaitReady(1);
        assertThat(schedule.requests()).singleElement().satisfies(request -> assertThat(ScheduleStory.slot(request))
                .isEqualTo(first.plus(Duration.ofDays(3))));

        // The new rule has a slot some minutes ago, before the edit.
        schedule.edit(spec -> spec.schedule("* * * * *"));
        assertThat(schedule.requests()).hasSize(1);
        assertThat(schedule.status().nextSlot())
                .isNotEqualTo(first.plus(Duration.ofDays(4)).toString());
    }

    @Test
    void reportsWhatIsWrongWithSpecUntilItIsCorrected() {
        var schedule = begin("data-0");
        schedule.apply(daily(SourceSelector.ofClaim("data-0"))
                .timeZone("Europe/Berlim")
                .build());

        assertThat(schedule.awaitReason(ScheduleReason.ScheduleInvalid)).contains("Europe/Berlim", "Europe/Berlin");
        assertThat(schedule.eventMessages(ScheduleReason.ScheduleInvalid)).hasSize(1);

        schedule.edit(spec -> spec.timeZone("Europe/Berlin").schedule("0 0 30 2 *"));
        assertThat(schedule.awaitReason(ScheduleReason.ScheduleInvalid)).contains("no date matches it");

        schedule.edit(spec -> spec.schedule("30 2 * * *")
                .retention(RetentionSpecBuilder.builder().last(7).build()));
        assertThat(schedule.awaitReason(ScheduleReason.VolumeLimitTooLow)).contains("makes 8", "accepts 7");

        schedule.edit(
                spec -> spec.retention(RetentionSpecBuilder.builder().last(6).build()));
        schedule.awaitReason(ScheduleReason.ScheduleActive);
    }

    @Test
    void anotherProcessContinuesWithoutSecondRequest() {
        var schedule = begin("data-0", "data-1");
        schedule.apply(daily(SourceSelector.ofPattern("data-*")).build());
        var slot = schedule.setForwardToNextSlot();
        schedule.awaitReady(2);
        var before = names(schedule);

        schedule.story().stopOperator();
        // As if the process had ended before it wrote that the slot is done.
        schedule.story().kubernetes().resource(schedule.get()).editStatus(edited -> {
            edited.setStatus(null);
            return edited;
        });
        schedule.story().startOperator(schedule.clock);

        eventually()
                .untilAsserted(() -> assertThat(schedule.status().lastSlot()).isEqualTo(slot.toString()));
        schedule.awaitReady(2);
        assertThat(names(schedule)).isEqualTo(before);
        assertThat(schedule.story().cloud().callLog().createsActedOn()).hasSize(2);
    }

    @Test
    void saysWhyTheApiServerRejectsRequestsAndTriesAgain() {
        Assumptions.assumeTrue(stories.cluster().real().isPresent(), "only a real API server has quotas");
        var schedule = begin("data-0", "data-1");
        var counted = "count/volumesnapshotrequests.evs.snapshot-operator.io";
        var quota = schedule.story()
                .kubernetes()
                .resource(new ResourceQuotaBuilder()
                        .withNewMetadata()
                        .withNamespace(schedule.story().namespace())
                        .withName("requests")
                        .endMetadata()
                        .withNewSpec()
                        .addToHard(counted, new Quantity("1"))
                        .endSpec()
                        .build());
        quota.create();
        // No controller that counts runs here.
        quota.editStatus(stored -> {
            stored.setStatus(new ResourceQuotaStatusBuilder()
                    .withHard(stored.getSpec().getHard())
                    .addToUsed(counted, new Quantity("0"))
                    .build());
            return stored;
        });
        schedule.apply(daily(SourceSelector.ofPattern("data-*")).build());

        var slot = schedule.setForwardToNextSlot();
        eventually().untilAsserted(() -> assertThat(schedule.source("data-1").problem())
                .contains("The API server rejects the request", "exceeded quota")
                .doesNotContain("roles"));
        schedule.awaitReady(1);
        assertThat(schedule.status().lastSlot()).isNotEqualTo(slot.toString());

        quota.delete();
        schedule.setForwardTo(slot.plus(Duration.ofMinutes(20)));
        schedule.awaitReady(2);
        eventually()
                .untilAsserted(() -> assertThat(schedule.status().lastSlot()).isEqualTo(slot.toString()));
    }

    @Test
    void waitsWhileSnapshotsOfOthersUseUpTheLimitOfTheVolume() {
        var volume = volumeId("data-0");
        var story = stories.prepare(cloud().volume(Volume.inUse(volume)).snapshotsPerVolume(2));
        ScheduleStory.claim(story, "data-0", Map.of());
        var foreign = story.cloud().snapshots().addForeign(volume, "by hand", Map.of());
        var schedule = new ScheduleStory(story);
        schedule.apply(daily(SourceSelector.ofClaim("data-0")).build());
        schedule.setForwardToNextSlot();
        schedule.awaitReady(1);

        var second = schedule.setForwardToNextSlot();
        eventually().untilAsserted(() -> assertThat(schedule.status().requestsFailed())
                .isEqualTo(1));
        var third = schedule.setForwardToNextSlot();
        eventually().untilAsserted(() -> assertThat(schedule.source("data-0").problem())
                .contains("accepts no further snapshot", "It has 1 of this schedule"));
        assertThat(schedule.requests()).hasSize(2);

        story.cloud().snapshots().remove(foreign.id());
        eventually().untilAsserted(() -> assertThat(schedule.source("data-0").lastGoodSlot())
                .isEqualTo(second.toString()));
        schedule.setForwardTo(third.plus(Duration.ofMinutes(10)));
        eventually().untilAsserted(() -> assertThat(schedule.requests()).hasSize(3));
    }

    /** A policy of the cluster that denies one deletion must not stop the schedule. */
    @Test
    void continuesIfDeletionOfExpiredRequestIsRejected() {
        Assumptions.assumeTrue(stories.cluster().real().isPresent(), "only a real API server has policies");
        var schedule = begin("data-0");
        var policy = denyDeletions(schedule);
        try {
            schedule.apply(daily(SourceSelector.ofClaim("data-0"))
                    .retention(RetentionSpecBuilder.builder().last(1).build())
                    .build());
            schedule.setForwardToNextSlot();
            schedule.awaitReady(1);
            var second = schedule.setForwardToNextSlot();
            schedule.awaitReady(2);
            eventually().untilAsserted(() -> assertThat(schedule.status().oldestGoodSlot())
                    .isEqualTo(second.toString()));
            var third = schedule.setForwardToNextSlot();
            schedule.awaitReady(3);
            assertThat(schedule.status().lastSlot()).isEqualTo(third.toString());
        } finally {
            policy.forEach(
                    object -> schedule.story().kubernetes().resource(object).delete());
            // The API server forgets a policy after a short time, and the story deletes its requests at its end.
            eventually().until(() -> !isDenied(schedule));
        }
    }

    private static List<HasMetadata> denyDeletions(ScheduleStory schedule) {
        var namespace = schedule.story().namespace();
        var kubernetes = schedule.story().kubernetes();
        var objects = kubernetes
                .load(new ByteArrayInputStream("""
                        apiVersion: admissionregistration.k8s.io/v1
                        kind: ValidatingAdmissionPolicy
                        metadata: {name: NAME}
                        spec:
                          failurePolicy: Fail
                          matchConstraints:
                            resourceRules:
                              - apiGroups: [evs.snapshot-operator.io]
                                apiVersions: [v1alpha1]
                                resources: [volumesnapshotrequests]
                                operations: [DELETE]
                          validations: [{expression: "false", message: "deletions are denied"}]
                        ---
                        apiVersion: admissionregistration.k8s.io/v1
                        kind: ValidatingAdmissionPolicyBinding
                        metadata: {name: NAME}
                        spec:
                          policyName: NAME
                          validationActions: [Deny]
                          matchResources:
                            namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAME}}
                        """.replace("NAME", namespace).getBytes(StandardCharsets.UTF_8)))
                .items();
        objects.forEach(object -> kubernetes.resource(object).create());
        // The API server reads a new policy after a short time.
        eventually().until(() -> isDenied(schedule));
        return objects;
    }

    private static boolean isDenied(ScheduleStory schedule) {
        try {
            schedule.story().apply("probe", ofVolume(VOLUME).build());
        } catch (KubernetesClientException exists) {
            // From the last attempt.
        }
        try {
            schedule.story().delete("probe");
            schedule.story().awaitGone("probe");
            return false;
        } catch (KubernetesClientException denied) {
            return denied.getMessage().contains("deletions are denied");
        }
    }

    @Test
    void recreatedScheduleStartsAgain() {
        var schedule = begin("data-0");
        schedule.apply(daily(SourceSelector.ofClaim("data-0")).build());
        schedule.setForwardToNextSlot();
        schedule.awaitReady(1);
        var before = schedule.requests().get(0).getMetadata().getName();

        schedule.story().kubernetes().resource(schedule.get()).delete();
        eventually().untilAsserted(() -> assertThat(schedule.find()).isEmpty());
        schedule.apply(daily(SourceSelector.ofClaim("data-0")).build());

        schedule.setForwardToNextSlot();
        eventually()
                .untilAsserted(() -> assertThat(names(schedule)).isNotEmpty().doesNotContain(before));
        eventually().untilAsserted(() -> assertThat(schedule.status().requestsReady())
                .isPositive());
        assertThat(schedule.story().get(before).isMarkedForDeletion()).isFalse();
    }

    @Test
    void ownsItsRequestsIfUserWants() {
        var schedule = begin("data-0");
        schedule.apply(daily(SourceSelector.ofClaim("data-0"))
                .requestsPolicy(RequestsPolicy.Delete)
                .build());

        schedule.setForwardToNextSlot();
        schedule.awaitReady(1);

        assertThat(schedule.requests().get(0).getMetadata().getOwnerReferences())
                .singleElement()
                .matches((Predicate<OwnerReference>) owner ->
                        owner.getUid().equals(schedule.get().getMetadata().getUid()));
    }

    @Test
    void onlyListsWhatItWouldDeleteInDryRunAndAfterPolicyWasTightened() {
        var schedule = begin("data-0");
        schedule.apply(daily(SourceSelector.ofClaim("data-0"))
                .retention(RetentionSpecBuilder.builder().last(1).dryRun(true).build())
                .build());
        schedule.setForwardToNextSlot();
        schedule.awaitReady(1);
        schedule.setForwardToNextSlot();
        schedule.awaitReady(2);
        var expired = names(schedule).get(0);

        assertThat(schedule.status().wouldDelete()).containsExactly(expired);
        assertThat(schedule.status().whyNotDeleted()).contains("dryRun");

        schedule.edit(spec ->
                spec.retention(RetentionSpecBuilder.builder().last(1).failed(0).build()));
        assertThat(schedule.status().wouldDelete()).containsExactly(expired);
        assertThat(schedule.status().whyNotDeleted()).contains("changed");

        schedule.setForwardTo(schedule.clock.instant().plus(Duration.ofMinutes(11)));
        schedule.story().awaitGone(expired);
        eventually()
                .untilAsserted(() -> assertThat(schedule.status().wouldDelete()).isEmpty());
    }
}
