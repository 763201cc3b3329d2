/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.gitops;

import static io.snapshotoperator.evs.gitops.Kstatus.CURRENT;
import static io.snapshotoperator.evs.gitops.Kstatus.FAILED;
import static io.snapshotoperator.evs.gitops.Kstatus.IN_PROGRESS;
import static io.snapshotoperator.evs.gitops.Kstatus.TERMINATING;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofClaim;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SourceSelector;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleSpecBuilder;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.schedule.ScheduleReason;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.SimulatorSettingsBuilder;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.RestoreSteps;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import io.snapshotoperator.evs.testing.Team;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Argo CD and Flux show during the life of an object: a watch records every version that real reconciles write, and the
 * health script and the rules of kstatus judge each of them.
 */
class HealthSequenceIT {
    private static final String PROGRESSING = "Progressing";
    private static final String HEALTHY = "Healthy";
    private static final String DEGRADED = "Degraded";
    private static final String SUSPENDED = "Suspended";

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onRealApiServer();

    private final ArgoHealth argo = ArgoHealth.ofPatch();

    @TempDir
    Path directory;

    private Optional<StatusRecorder> recorder = Optional.empty();

    @AfterEach
    void stopRecorder() {
        recorder.ifPresent(StatusRecorder::close);
    }

    @Test
    void becomesHealthyOnceDuringCreation() {
        var story = begin(cloud());

        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");

        assertShown("nightly", List.of(PROGRESSING, HEALTHY), List.of(IN_PROGRESS, CURRENT));
    }

    @Test
    void progressesWhileClaimIsNotBound() {
        var story = begin(cloud());

        story.apply("nightly", ofClaim("data").build());
        story.awaitReason("nightly", CommonReason.WaitingForClaim);

        assertShown("nightly", List.of(PROGRESSING), List.of(IN_PROGRESS));
    }

    @Test
    void progressesThroughFaultsOfTheCloudThatEnd() {
        var story = begin(cloud());
        List.of(Fault.THROTTLED, Fault.SERVER_ERROR, Fault.ANSWER_LOST_AFTER_ACTING)
                .forEach(fault -> story.cloud().faults().once(fault, Operation.CREATE));

        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");

        assertShown("nightly", List.of(PROGRESSING, HEALTHY), List.of(IN_PROGRESS, CURRENT));
    }

    @Test
    void becomesDegradedOnceWhenSnapshotFails() {
        var story = begin(cloud());
        story.cloud().faults().once(Fault.SNAPSHOT_ENDS_IN_ERROR, Operation.CREATE);

        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReason("nightly", SnapshotReason.SnapshotFailed);
        restart(story);

        assertShown("nightly", List.of(PROGRESSING, DEGRADED), List.of(IN_PROGRESS, FAILED));
    }

    @Test
    void progressesWhileFailedSnapshotIsReplaced() {
        var story = begin(cloud());
        story.cloud().faults().once(Fault.SNAPSHOT_ENDS_IN_ERROR, Operation.CREATE);

        story.apply("nightly", ofVolume(VOLUME).withMaxAttempts(2).build());
        story.awaitReady("nightly");

        assertThat(story.status("nightly").replacements()).isEqualTo(1);
        assertShown("nightly", List.of(PROGRESSING, HEALTHY), List.of(IN_PROGRESS, CURRENT));
    }

    @Test
    void becomesDegradedWhenLastReplacementFails() {
        var story = begin(cloud());
        story.cloud()
                .faults()
                .add(FaultRule.always(Fault.SNAPSHOT_ENDS_IN_ERROR).on(Operation.CREATE));

        story.apply("nightly", ofVolume(VOLUME).withMaxAttempts(2).build());
        story.awaitReason("nightly", SnapshotReason.SnapshotFailed);

        assertShown("nightly", List.of(PROGRESSING, DEGRADED), List.of(IN_PROGRESS, FAILED));
    }

    @Test
    void staysDegradedUntilCauseIsRepaired() {
        var story = begin(cloud());
        var quota = story.cloud().faults().add(FaultRule.always(Fault.QUOTA));

        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReason("nightly", CommonReason.QuotaExceeded);
        story.awaitCalls(Operation.CREATE, 3);
        restart(story);
        story.awaitCalls(Operation.CREATE, 5);
        story.cloud().faults().remove(quota);
        story.awaitReady("nightly");

        assertShown(
                "nightly",
                List.of(PROGRESSING, DEGRADED, PROGRESSING, HEALTHY),
                List.of(IN_PROGRESS, FAILED, IN_PROGRESS, CURRENT));
    }

    @Test
    void becomesHealthyWhenLateSnapshotIsAvailable() {
        var story = begin(cloud());
        story.cloud().faults().once(Fault.STUCK_CREATING, Operation.CREATE);

        story.apply("slow", ofVolume(VOLUME).readyWithin("2s").build());
        var id = story.awaitReason("slow", SnapshotReason.ReadyDeadlineExceeded).snapshotId();
        story.cloud().snapshots().setStatus(id, "available");
        story.awaitReady("slow");

        assertShown("slow", List.of(PROGRESSING, DEGRADED, HEALTHY), List.of(IN_PROGRESS, FAILED, CURRENT));
    }

    @Test
    void becomesDegradedWhenSnapshotIsMissing() {
        var story = begin(cloud());

        story.apply("nightly", ofVolume(VOLUME).build());
        var id = story.awaitReady("nightly").snapshotId();
        story.cloud().snapshots().remove(id);
        story.awaitReason("nightly", SnapshotReason.SnapshotMissing);
        restart(story);

        assertShown("nightly", List.of(PROGRESSING, HEALTHY, DEGRADED), List.of(IN_PROGRESS, CURRENT, FAILED));
    }

    @Test
    void progressesWhileReadySnapshotIsUsed() {
        var story = begin(cloud());

        story.apply("nightly", ofVolume(VOLUME).build());
        var id = story.awaitReady("nightly").snapshotId();
        story.cloud().snapshots().setStatus(id, "rollbacking");
        story.awaitReason("nightly", SnapshotReason.RollingBack);
        story.cloud().snapshots().setStatus(id, "available");
        story.awaitReady("nightly");

        assertShown(
                "nightly",
                List.of(PROGRESSING, HEALTHY, PROGRESSING, HEALTHY),
                List.of(IN_PROGRESS, CURRENT, IN_PROGRESS, CURRENT));
    }

    @Test
    void staysHealthyDuringOutageAndRestart() {
        var story = begin(cloud());

        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        var outage = story.cloud().faults().add(FaultRule.always(Fault.SERVER_ERROR));
        var before = story.cloud().callLog().calls().size();
        Story.eventually()
                .untilAsserted(() -> assertThat(story.cloud().callLog().calls()).hasSizeGreaterThan(before + 2));
        story.stopOperator();
        story.startOperator();
        story.cloud().faults().remove(outage);
        restart(story);

        assertShown("nightly", List.of(PROGRESSING, HEALTHY), List.of(IN_PROGRESS, CURRENT));
    }

    @Test
    void progressesOnceWhenSpecChanges() {
        var story = begin(cloud());

        story.apply("nightly", ofVolume(VOLUME).named("before").build());
        story.awaitReady("nightly");
        story.edit(
                "nightly",
                request -> request.setSpec(ofVolume(VOLUME)
                        .named("after")
                        .readyWithin(request.getSpec().readyWithin())
                        .build()));
        Story.eventually().untilAsserted(() -> {
            assertThat(story.status("nightly").snapshotName()).isEqualTo("after");
            assertThat(story.status("nightly").observedGeneration()).isEqualTo(2);
        });

        assertShown(
                "nightly",
                List.of(PROGRESSING, HEALTHY, PROGRESSING, HEALTHY),
                List.of(IN_PROGRESS, CURRENT, IN_PROGRESS, CURRENT));
    }

    @Test
    void isSuspendedWhilePaused() {
        var story = begin(cloud());

        story.apply("nightly", ofVolume(VOLUME).build(), Map.of(Api.PAUSED, "true"));
        story.awaitReason("nightly", CommonReason.Paused);
        story.annotate("nightly", Api.PAUSED, "false");
        story.awaitReady("nightly");

        assertShown("nightly", List.of(PROGRESSING, SUSPENDED, PROGRESSING, HEALTHY), List.of(IN_PROGRESS, CURRENT));
    }

    @Test
    void progressesUntilDeletionEnds() {
        var story = begin(cloud());

        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.delete("nightly");
        story.awaitGone("nightly");

        assertShown("nightly", List.of(PROGRESSING, HEALTHY, PROGRESSING), List.of(IN_PROGRESS, CURRENT, TERMINATING));
    }

    @Test
    void progressesWhileDeletionFails() {
        var story = begin(cloud());
        story.cloud().faults().once(Fault.DELETE_ENDS_IN_ERROR_DELETING, Operation.DELETE);

        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.delete("nightly");
        story.awaitReason("nightly", SnapshotReason.DeletionFailed);

        assertShown("nightly", List.of(PROGRESSING, HEALTHY, PROGRESSING), List.of(IN_PROGRESS, CURRENT, TERMINATING));
    }

    @Test
    void showsImports() {
        var story = begin(cloud());
        var existing = story.cloud().snapshots().addForeign(VOLUME, "by-hand", Map.of());

        story.apply("there", ofSnapshot(existing.id()).build());
        story.apply("absent", ofSnapshot("00000000-0000-0000-0000-000000000000").build());
        story.awaitReady("there");
        story.awaitReason("absent", SnapshotReason.ImportNotFound);

        assertShown("there", List.of(PROGRESSING, HEALTHY), List.of(IN_PROGRESS, CURRENT));
        assertShown("absent", List.of(PROGRESSING, DEGRADED), List.of(IN_PROGRESS, FAILED));
    }

    @Test
    void connectionBecomesHealthyOnceAndStaysSo() {
        var team = team();
        team.connect("default");
        var story = begin(team);

        team.awaitConnection("default", ConnectionReason.SecretNotFound);
        team.writePassword();
        team.awaitConnection("default", ConnectionReason.ConnectionReady);
        team.request("nightly", ofVolume(VOLUME).build());
        team.awaitRequest("nightly", SnapshotReason.SnapshotAvailable);
        story.stopOperator();
        story.startOperator();
        team.request("another", ofVolume(VOLUME).build());
        team.awaitRequest("another", SnapshotReason.SnapshotAvailable);

        assertShown("default", List.of(PROGRESSING, HEALTHY), List.of(IN_PROGRESS, CURRENT));
    }

    @Test
    void connectionIsDegradedWhileCredentialsAreWrong() {
        var team = team();
        team.writePassword("wrong");
        team.connect("default");
        begin(team);

        team.awaitConnection("default", CommonReason.NotAuthorized);
        team.writePassword();
        team.awaitConnection("default", ConnectionReason.ConnectionReady);

        assertShown("default", List.of(PROGRESSING, DEGRADED, HEALTHY), List.of(IN_PROGRESS, FAILED, CURRENT));
    }

    @Test
    void connectionProgressesWhenSpecChangesAndWhileItIsDeleted() {
        var team = team();
        team.writePassword();
        team.connect("default");
        begin(team);
        team.awaitConnection("default", ConnectionReason.ConnectionReady);

        stories.cluster()
                .client()
                .resource(team.connection("default").orElseThrow())
                .edit(connection -> {
                    connection.setSpec(team.spec().region("eu-de").build());
                    return connection;
                });
        Story.eventually().untilAsserted(() -> assertThat(
                        team.connection("default").orElseThrow().getStatus().observedGeneration())
                .isEqualTo(2));
        team.awaitConnection("default", ConnectionReason.ConnectionReady);
        team.deleteConnection("default");
        Story.eventually()
                .untilAsserted(() -> assertThat(team.connection("default")).isEmpty());

        assertShown(
                "default",
                List.of(PROGRESSING, HEALTHY, PROGRESSING, HEALTHY, PROGRESSING),
                List.of(IN_PROGRESS, CURRENT, IN_PROGRESS, CURRENT, TERMINATING));
    }

    @Test
    void scheduleIsDegradedWhileItCannotBeUsedAndHealthyWhileSuspended() {
        var story = stories.prepare(cloud());
        record("VolumeSnapshotSchedule", story.namespace());
        story.startOperator();
        apply(story, nightly());
        awaitReason(story, ScheduleReason.NoSources);

        edit(story, nightly().timeZone("Europe/Berlim"));
        awaitReason(story, ScheduleReason.ScheduleInvalid);
        edit(story, nightly());
        awaitReason(story, ScheduleReason.NoSources);
        edit(story, nightly().suspend(true));
        awaitReason(story, ScheduleReason.ScheduleSuspended);

        assertShown(
                "nightly",
                List.of(PROGRESSING, HEALTHY, PROGRESSING, DEGRADED, PROGRESSING, HEALTHY, PROGRESSING, HEALTHY),
                List.of(IN_PROGRESS, CURRENT, IN_PROGRESS, FAILED, IN_PROGRESS, CURRENT, IN_PROGRESS, CURRENT));
    }

    @Test
    void scheduleThatIsInvalidFromTheStartBecomesHealthyOnceItIsCorrected() {
        var story = stories.prepare(cloud());
        record("VolumeSnapshotSchedule", story.namespace());
        story.startOperator();

        apply(story, nightly().schedule("61 2 * * *"));
        awaitReason(story, ScheduleReason.ScheduleInvalid);
        edit(story, nightly());
        awaitReason(story, ScheduleReason.NoSources);

        assertShown(
                "nightly",
                List.of(PROGRESSING, DEGRADED, PROGRESSING, HEALTHY),
                List.of(IN_PROGRESS, FAILED, IN_PROGRESS, CURRENT));
    }

    @Test
    void restoreProgressesUntilItsRequestIsReadyAndItsVolumeExists() {
        var story = stories.prepare(cloud());
        record("VolumeSnapshotRestore", story.namespace());
        story.startOperator();
        var restores = new RestoreSteps(story);

        restores.apply("back", RestoreSteps.ofRequest("nightly").build());
        restores.awaitReason("back", RestoreReason.WaitingForRequest);
        story.apply("nightly", ofVolume(VOLUME).build());
        restores.awaitRestored("back");
        restart(story);
        restores.delete("back");
        restores.awaitGone("back");

        assertShown("back", List.of(PROGRESSING, HEALTHY, PROGRESSING), List.of(IN_PROGRESS, CURRENT, TERMINATING));
    }

    @Test
    void restoreProgressesThroughLostAnswersAndJobs() {
        var story = stories.prepare(cloud());
        record("VolumeSnapshotRestore", story.namespace());
        story.startOperator();
        var restores = new RestoreSteps(story);
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.cloud().faults().once(Fault.ANSWER_LOST_AFTER_ACTING, Operation.DISK_CREATE);
        story.cloud().faults().once(Fault.THROTTLED, Operation.JOB_GET);

        restores.apply("back", RestoreSteps.ofRequest("nightly").build());
        restores.awaitRestored("back");

        assertShown("back", List.of(PROGRESSING, HEALTHY), List.of(IN_PROGRESS, CURRENT));
    }

    @Test
    void restoreBecomesDegradedOnceWhenItFails() {
        var story = stories.prepare(cloud());
        record("VolumeSnapshotRestore", story.namespace());
        story.startOperator();
        var restores = new RestoreSteps(story);
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
        story.cloud().faults().once(Fault.JOB_FAILS_WITHOUT_VOLUME, Operation.DISK_CREATE);

        restores.apply("back", RestoreSteps.ofRequest("nightly").build());
        restores.awaitReason("back", RestoreReason.RestoreFailed);
        restart(story);

        assertShown("back", List.of(PROGRESSING, DEGRADED), List.of(IN_PROGRESS, FAILED));
    }

    private static VolumeSnapshotScheduleSpecBuilder nightly() {
        return VolumeSnapshotScheduleSpecBuilder.builder()
                .schedule("17 3 * * *")
                .timeZone("Europe/Berlin")
                .sources(List.of(SourceSelector.ofPattern("data-*")));
    }

    private static Resource<VolumeSnapshotSchedule> schedule(Story story) {
        return story.kubernetes()
                .resources(VolumeSnapshotSchedule.class)
                .inNamespace(story.namespace())
                .withName("nightly");
    }

    private static void apply(Story story, VolumeSnapshotScheduleSpecBuilder spec) {
        var schedule = new VolumeSnapshotSchedule();
        schedule.setMetadata(new ObjectMetaBuilder()
                .withNamespace(story.namespace())
                .withName("nightly")
                .build());
        schedule.setSpec(spec.build());
        story.kubernetes().resource(schedule).create();
    }

    private static void edit(Story story, VolumeSnapshotScheduleSpecBuilder spec) {
        Story.eventually()
                .ignoreException(KubernetesClientException.class)
                .until(
                        () -> schedule(story).edit(edited -> {
                            edited.setSpec(spec.build());
                            return edited;
                        }),
                        edited -> true);
    }

    private static void awaitReason(Story story, ScheduleReason reason) {
        Story.eventually().untilAsserted(() -> {
            var schedule = schedule(story).require();
            assertThat(schedule.getStatus().observedGeneration())
                    .isEqualTo(schedule.getMetadata().getGeneration());
            assertThat(Conditions.readyReason(schedule.getStatus().conditions()))
                    .contains(reason.name());
        });
    }

    /** Restarts the operator. When this returns, the new process has reconciled every object that existed. */
    private static void restart(Story story) {
        story.stopOperator();
        story.startOperator();
        story.apply("after-restart", ofVolume(VOLUME).build(), Map.of(Api.PAUSED, "true"));
        story.awaitReason("after-restart", CommonReason.Paused);
        story.delete("after-restart");
        story.awaitGone("after-restart");
    }

    private Story begin(SimulatorSettingsBuilder cloud) {
        var story = stories.prepare(cloud);
        record("VolumeSnapshotRequest", story.namespace());
        story.startOperator();
        return story;
    }

    private Team team() {
        var team = stories.team(cloud(), directory);
        record("EvsConnection", team.namespace());
        return team;
    }

    private static Story begin(Team team) {
        return stories.begin(
                cloud(),
                Map.of(
                        "evs.namespaces",
                        team.namespace(),
                        "evs.connections.hosts",
                        "127.0.0.1",
                        "evs.connections.private-addresses",
                        "true"));
    }

    private void record(String kind, String namespace) {
        recorder = Optional.of(new StatusRecorder(stories.cluster().client(), kind, namespace));
    }

    /** Waits until the watch has sent the last expected version, because the operator is faster than the watch. */
    private void assertShown(String name, List<String> argoShows, List<Kstatus> fluxSees) {
        Story.eventually().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            var sequence = new HealthSequence(argo, recorder.orElseThrow().of(name));
            assertThat(sequence.violations()).isEmpty();
            assertThat(sequence.argo()).as(sequence.toString()).isEqualTo(argoShows);
            assertThat(sequence.kstatus()).as(sequence.toString()).isEqualTo(fluxSees);
        });
    }
}
