/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import static io.snapshotoperator.evs.restore.Restores.NOON;
import static io.snapshotoperator.evs.restore.Restores.SETTLE_TIME;
import static io.snapshotoperator.evs.restore.Restores.UID;
import static io.snapshotoperator.evs.restore.Restores.VOLUME;
import static io.snapshotoperator.evs.restore.Restores.aRestoreAfterCreate;
import static io.snapshotoperator.evs.restore.Restores.marker;
import static io.snapshotoperator.evs.restore.Restores.ownVolume;
import static io.snapshotoperator.evs.restore.Restores.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatus;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatusBuilder;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.FakeStore;
import io.snapshotoperator.evs.controller.MutatingCalls;
import io.snapshotoperator.evs.controller.ScriptedClient;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.CreateGuard.LeaderTermStart;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.restore.RestoreDecision;
import io.snapshotoperator.evs.restore.RestoreInput;
import io.snapshotoperator.evs.restore.RestoreRules;
import io.snapshotoperator.evs.restore.VolumeObservation.Deletable;
import io.snapshotoperator.evs.restore.VolumeObservation.Found;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestoreExecutorTest {
    private static final VolumeId DUPLICATE = new VolumeId("v-2");

    private final ScriptedClient client = new ScriptedClient();
    private final FakeStore<VolumeSnapshotRestore, VolumeSnapshotRestoreStatus> store = new FakeStore<>(restored());

    @BeforeEach
    void hasVolumesWithoutSnapshots() {
        client.list();
        client.readVolumes(
                ownVolume(VOLUME, "available").build(),
                ownVolume(DUPLICATE, "available").build());
    }

    @Test
    void deletesVolumeOfDeletedRestore() {
        store.changeByOther(RestoreExecutorTest::delete);

        var outcome = deleteVolume(restore -> {});

        assertThat(client.calls()).containsExactly("list", "delete volume v-new");
        assertThat(outcome.statusPatch()).isPresent();
    }

    @Test
    void deletesNoVolumeThatUserDecidedToKeepSinceTheCacheWasRead() {
        store.changeByOther(RestoreExecutorTest::delete);
        var changes = List.<Consumer<VolumeSnapshotRestore>>of(
                restore -> restore.setSpec(VolumeSnapshotRestoreSpecBuilder.builder(restore.getSpec())
                        .deletionPolicy(DeletionPolicy.Retain)
                        .build()),
                restore -> restore.getMetadata().setAnnotations(Map.of(Api.ABANDON, "true")),
                restore -> restore.getMetadata().setAnnotations(Map.of(Api.PAUSED, "true")),
                restore -> restore.getMetadata().setUid("uid-of-another-object"));
        for (var change : changes) {
            var outcome = deleteVolume(change);

            assertThat(client.calls()).isEmpty();
            assertThat(outcome).isEqualTo(RestoreDecision.nothingUntil(RetryPolicy.IMMEDIATE_REQUEUE));
        }
    }

    /** The list of snapshots that cannot be read is not the list without snapshots. */
    @Test
    void deletesNoVolumeWhoseSnapshotsCannotBeRead() {
        store.changeByOther(RestoreExecutorTest::delete);
        client.failListsWith(ScriptedClient.failure(CloudException.Kind.TRANSIENT, false));

        var outcome = deleteVolume(restore -> {});

        assertThat(client.calls()).containsExactly("list");
        assertThat(outcome).isEqualTo(RestoreDecision.nothingUntil(RetryPolicy.IMMEDIATE_REQUEUE));
    }

    @Test
    void deletesNoVolumeThatGotSnapshotSinceTheDecision() {
        store.changeByOther(RestoreExecutorTest::delete);
        client.list(snapshot().volumeId(VOLUME).build());

        deleteVolume(restore -> {});

        assertThat(client.calls()).containsExactly("list");
    }

    @Test
    void deletesDuplicateAlsoWhenVolumesAreRetained() {
        deleteDuplicate(restore -> restore.setSpec(VolumeSnapshotRestoreSpecBuilder.builder(restore.getSpec())
                .deletionPolicy(DeletionPolicy.Retain)
                .build()));

        assertThat(client.calls()).containsExactly("list", "delete volume v-2");
    }

    @Test
    void deletesNoDuplicateAfterPauseOrDeletionOrWhenItIsRecorded() {
        var changes = List.<Consumer<VolumeSnapshotRestore>>of(
                restore -> restore.getMetadata().setAnnotations(Map.of(Api.PAUSED, "true")),
                RestoreExecutorTest::delete,
                restore -> restore.setStatus(VolumeSnapshotRestoreStatusBuilder.builder(restore.getStatus())
                        .volumeId(DUPLICATE.value())
                        .build()));
        for (var change : changes) {
            deleteDuplicate(change);

            assertThat(client.calls()).isEmpty();
        }
    }

    /** @param change what another client changes after the reconcile read the restore */
    private RestoreDecision deleteVolume(Consumer<VolumeSnapshotRestore> change) {
        var input = aRestoreAfterCreate()
                .deletedAtNoon()
                .recording(recorded -> recorded.volumeId(VOLUME))
                .build();
        var read = new Deletable(ownVolume(VOLUME, "available").build(), false);
        return execute(input, RestoreRules.decide(input, read, "c-2"), change);
    }

    private RestoreDecision deleteDuplicate(Consumer<VolumeSnapshotRestore> change) {
        var input = aRestoreAfterCreate()
                .recording(recorded -> recorded.volumeId(VOLUME).readyAt(NOON))
                .build();
        var other = ownVolume(DUPLICATE, "available")
                .metadata(marker(UID, "c-2", "installation"))
                .build();
        var found = new Found(
                ownVolume(VOLUME, "available").build(), List.of(other), Optional.of(new Deletable(other, false)));
        return execute(input, RestoreRules.decide(input, found, "c-3"), change);
    }

    private RestoreDecision execute(
            RestoreInput input, RestoreDecision decision, Consumer<VolumeSnapshotRestore> change) {
        var cached = store.get();
        var stored = new FakeStore<VolumeSnapshotRestore, VolumeSnapshotRestoreStatus>(store.get());
        stored.changeByOther(change);
        var writer = new RestoreWriter(
                cached, stored, new EventRecorder(event -> {}, new SnapshotMetrics(new SimpleMeterRegistry())), NOON);
        var guard = new CreateGuard(new LeaderTermStart(NOON, true, Set.of()), SETTLE_TIME);
        return decision.action()
                .accept(new RestoreExecutor(
                        input,
                        decision,
                        new MutatingCalls(guard, time -> true, () -> NOON, Duration.ofSeconds(20)),
                        client.connection(CallBudget.unlimited(), () -> NOON),
                        new SourceRequests(),
                        writer));
    }

    private static VolumeSnapshotRestore restored() {
        var restore = SourceRequestsTest.restore("1");
        restore.setSpec(VolumeSnapshotRestoreSpecBuilder.builder(restore.getSpec())
                .deletionPolicy(DeletionPolicy.Delete)
                .build());
        restore.setStatus(VolumeSnapshotRestoreStatusBuilder.builder()
                .volumeId(VOLUME.value())
                .build());
        return restore;
    }

    private static void delete(VolumeSnapshotRestore restore) {
        restore.getMetadata().setDeletionTimestamp("2026-11-27T12:00:00Z");
    }
}
