/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import static io.snapshotoperator.evs.restore.Restores.NOON;
import static io.snapshotoperator.evs.restore.Restores.SNAPSHOT;
import static io.snapshotoperator.evs.restore.Restores.SOURCE_VOLUME;
import static io.snapshotoperator.evs.restore.Restores.VOLUME;
import static io.snapshotoperator.evs.restore.Restores.aRestoreAfterCreate;
import static io.snapshotoperator.evs.restore.Restores.marker;
import static io.snapshotoperator.evs.restore.Restores.ownVolume;
import static io.snapshotoperator.evs.restore.Restores.snapshot;
import static io.snapshotoperator.evs.restore.Restores.sourceVolume;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudJob;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.JobState;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.ScriptedClient;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.restore.VolumeObservation;
import io.snapshotoperator.evs.restore.VolumeObservation.Deferred;
import io.snapshotoperator.evs.restore.VolumeObservation.Deletable;
import io.snapshotoperator.evs.restore.VolumeObservation.Found;
import io.snapshotoperator.evs.restore.VolumeQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VolumeObserverTest {
    private static final JobId JOB = new JobId("j-1");
    private static final VolumeId OTHER = new VolumeId("v-other");

    private final ScriptedClient client = new ScriptedClient();
    private Instant now = NOON;
    private final CloudConnection unlimited = client.connection(CallBudget.unlimited(), () -> now);

    /** Two permits for reads now, and the next one a second later. */
    private final CloudConnection slow = client.connection(new CallBudget(1, 1), () -> now);

    private VolumeObservation observe(CloudConnection connection, VolumeQuery query) {
        var input = aRestoreAfterCreate().at(Duration.between(NOON, now)).build();
        return new VolumeObserver(connection, input).observe(query);
    }

    private static CloudVolume volume(VolumeId id, String state) {
        return ownVolume(id, state).build();
    }

    private static CloudJob endedJob() {
        return new CloudJob(JOB, JobState.SUCCESS, Optional.of(VOLUME), Optional.empty(), "");
    }

    @Test
    void rechecksWithListThatIsNotTooOld() {
        client.listVolumes(volume(VOLUME, "available"));
        observe(unlimited, new VolumeQuery.Recheck(VOLUME, NOON));
        now = NOON.plusSeconds(10);

        assertThat(observe(unlimited, new VolumeQuery.Recheck(VOLUME, NOON))).isInstanceOf(Found.class);
        assertThat(client.calls()).containsExactly("list volumes");

        observe(unlimited, new VolumeQuery.Recheck(VOLUME, NOON.plusSeconds(1)));
        assertThat(client.calls()).containsExactly("list volumes", "list volumes");
    }

    @Test
    void readsVolumeThatListShowsInUnusableState() {
        client.listVolumes(volume(VOLUME, "creating"));
        client.readVolumes(volume(VOLUME, "available"));

        assertThat(observe(unlimited, new VolumeQuery.Recheck(VOLUME, NOON)))
                .asInstanceOf(type(Found.class))
                .satisfies(found -> assertThat(found.volume().wireState()).isEqualTo("available"));
    }

    @Test
    void onlyReadProvesThatVolumeIsAbsent() {
        client.listVolumes();
        client.readVolumes(volume(VOLUME, "available"));
        assertThat(observe(unlimited, new VolumeQuery.Recheck(VOLUME, NOON))).isInstanceOf(Found.class);

        client.readVolumes();
        assertThat(observe(unlimited, new VolumeQuery.Recheck(VOLUME, NOON)))
                .isInstanceOf(VolumeObservation.NotFound.class);
    }

    @Test
    void readsSecondVolumeWithItsSnapshotsInRecheck() {
        client.listVolumes(volume(VOLUME, "available"), volume(OTHER, "available"));
        client.readVolumes(volume(VOLUME, "available"), volume(OTHER, "available"));
        client.list(snapshot().volumeId(OTHER).build());

        assertThat(observe(unlimited, new VolumeQuery.Recheck(VOLUME, NOON)))
                .asInstanceOf(type(Found.class))
                .satisfies(found -> {
                    assertThat(found.volume().id()).isEqualTo(VOLUME);
                    assertThat(found.others()).extracting(CloudVolume::id).containsExactly(OTHER);
                    assertThat(found.read()).contains(new Deletable(volume(OTHER, "available"), true));
                });
    }

    @Test
    void readsVolumeOfEndedJobWithoutSecondPermit() {
        client.readJob(endedJob());
        client.readVolumes(volume(VOLUME, "available"));

        assertThat(observe(slow, new VolumeQuery.FollowJob(JOB))).isEqualTo(Found.of(volume(VOLUME, "available")));
        assertThat(client.calls()).containsExactly("list volumes creating", "read job j-1", "read volume v-new");
    }

    @Test
    void treatsJobThatNamesForeignVolumeAsLost() {
        client.readJob(endedJob());
        client.readVolumes(ownVolume(VOLUME, "available")
                .metadata(marker("another-uid", "c-1", "installation"))
                .build());

        assertThat(observe(unlimited, new VolumeQuery.FollowJob(JOB))).isInstanceOf(VolumeObservation.JobLost.class);
    }

    @Test
    void doesNotRepeatReadOfSnapshotWhileReadOfSourceVolumeWaitsForPermit() {
        client.list(snapshot().build());
        client.readVolumes(sourceVolume());
        slow.tryReserve(Lane.READ, Optional.empty());

        assertThat(observe(slow, new VolumeQuery.ReadSource(SNAPSHOT))).isInstanceOf(Deferred.class);
        now = now.plusSeconds(1);
        assertThat(observe(slow, new VolumeQuery.ReadSource(SNAPSHOT)))
                .isEqualTo(new VolumeObservation.Source(Optional.of(snapshot().build()), Optional.of(sourceVolume())));

        assertThat(client.calls()).containsExactly("read s-1", "read volume " + SOURCE_VOLUME);
    }

    @Test
    void readsSourceAgainWhenItIsForgottenOrOld() {
        client.list(snapshot().build());
        client.readVolumes(sourceVolume());
        var input = aRestoreAfterCreate().build();
        observe(unlimited, new VolumeQuery.ReadSource(SNAPSHOT));
        observe(unlimited, new VolumeQuery.ReadSource(SNAPSHOT));
        assertThat(client.calls()).hasSize(2);

        new VolumeObserver(unlimited, input).forgetSource();
        observe(unlimited, new VolumeQuery.ReadSource(SNAPSHOT));
        assertThat(client.calls()).hasSize(4);

        now = NOON.plus(Duration.ofMinutes(5));
        observe(unlimited, new VolumeQuery.ReadSource(SNAPSHOT));
        assertThat(client.calls()).hasSize(6);
    }

    @Test
    void readsFoundVolumeAgainBecauseListCanBeOlder() {
        client.listVolumes(volume(VOLUME, "creating"), volume(OTHER, "available"));
        client.readVolumes(volume(VOLUME, "available"));

        var search = (VolumeObservation.SearchResult)
                observe(unlimited, new VolumeQuery.FindByMarker(NOON, Optional.of(SNAPSHOT)));

        // The other one is gone meanwhile.
        assertThat(search.matches()).containsExactly(volume(VOLUME, "available"));
        assertThat(search.source()).isEmpty();
    }

    /** They existed, so nothing is created again. */
    @Test
    void keepsFoundVolumesThatAreGoneWithoutUsableState() {
        client.listVolumes(volume(VOLUME, "available"), volume(OTHER, "in-use"));
        client.readVolumes();

        var search = (VolumeObservation.SearchResult)
                observe(unlimited, new VolumeQuery.FindByMarker(NOON, Optional.of(SNAPSHOT)));

        assertThat(search.matches()).containsExactly(volume(VOLUME, "deleting"), volume(OTHER, "deleting"));
        assertThat(search.source()).isEmpty();
    }

    @Test
    void keepsStateOfFoundVolumeInCreationThatIsNotVisibleYet() {
        client.listVolumes(volume(VOLUME, "creating"));
        client.readVolumes();

        var search = (VolumeObservation.SearchResult)
                observe(unlimited, new VolumeQuery.FindByMarker(NOON, Optional.of(SNAPSHOT)));

        assertThat(search.matches()).containsExactly(volume(VOLUME, "creating"));
    }

    @Test
    void readsSourceOnlyAfterSearchThatFoundNothing() {
        client.listVolumes(sourceVolume());
        client.list(snapshot().build());
        client.readVolumes(sourceVolume());

        var search = (VolumeObservation.SearchResult)
                observe(unlimited, new VolumeQuery.FindByMarker(NOON, Optional.of(SNAPSHOT)));

        assertThat(search.matches()).isEmpty();
        assertThat(search.complete()).isTrue();
        assertThat(search.source()).isPresent();
    }

    @Test
    void looksForSnapshotsOfVolumeToDeleteWithoutSecondPermit() {
        client.readVolumes(volume(VOLUME, "available"));
        client.list();
        slow.tryReserve(Lane.READ, Optional.empty());

        assertThat(observe(slow, new VolumeQuery.FindToDelete(Optional.of(VOLUME), NOON)))
                .isEqualTo(new Deletable(volume(VOLUME, "available"), false));
        assertThat(client.calls()).containsExactly("read volume v-new", "list");
    }

    @Test
    void showsSnapshotOfVolumeToDelete() {
        client.readVolumes(volume(VOLUME, "available"));
        client.list(snapshot().id(new SnapshotId("s-2")).volumeId(VOLUME).build());

        assertThat(observe(unlimited, new VolumeQuery.FindToDelete(Optional.of(VOLUME), NOON)))
                .isEqualTo(new Deletable(volume(VOLUME, "available"), true));
    }

    @Test
    void deletesVolumeOfMarkerWhenRecordedOneIsAbsent() {
        client.listVolumes(volume(OTHER, "available"));
        client.readVolumes(volume(OTHER, "available"));
        client.list();

        assertThat(observe(unlimited, new VolumeQuery.FindToDelete(Optional.of(VOLUME), NOON)))
                .isEqualTo(new Deletable(volume(OTHER, "available"), false));
    }

    @Test
    void comesBackSoonWhileAnotherReconcileLists() {
        var inside = new ArrayList<VolumeObservation>();
        client.listVolumes(volume(VOLUME, "creating"));
        client.duringCall(() -> {
            client.duringCall(() -> {});
            inside.add(observe(unlimited, new VolumeQuery.FollowVolume(VOLUME)));
        });

        assertThat(observe(unlimited, new VolumeQuery.FollowVolume(VOLUME))).isInstanceOf(Found.class);

        assertThat(inside).isEqualTo(List.of(new Deferred(Optional.empty(), RetryPolicy.IMMEDIATE_REQUEUE)));
        assertThat(client.calls()).containsExactly("list volumes creating");
    }

    @Test
    void tellsThatObservationFailed() {
        client.failWith(ScriptedClient.failure(CloudException.Kind.TRANSIENT, false));

        assertThat(observe(unlimited, new VolumeQuery.FollowVolume(VOLUME)))
                .isInstanceOf(VolumeObservation.Failed.class);
    }
}
