/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.restore.ClaimTemplate;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatus;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatusBuilder;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.FailedAttempts;
import io.snapshotoperator.evs.controller.FakeStore;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.snapshotoperator.evs.restore.RestoreDecision;
import io.snapshotoperator.evs.restore.RestorePatchBuilder;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RestoreWriterTest {
    private final List<Event> events = new ArrayList<>();
    private final FakeStore<VolumeSnapshotRestore, VolumeSnapshotRestoreStatus> store =
            new FakeStore<>(SourceRequestsTest.restore("1"));
    private final RestoreWriter writer = new RestoreWriter(
            store.get(), store, new EventRecorder(events::add, new SnapshotMetrics(new SimpleMeterRegistry())), NOON);

    @Test
    void namesJobOfRestoreThatIsRemovedDuringCreate() {
        writer.writeIntent(SourceRequestsTest.intent());
        store.deleteByOther();
        var created = RestoreDecision.patchStatus(RestorePatchBuilder.builder()
                .verdict(Verdict.of(RestoreReason.RestoringVolume))
                .jobId(new JobId("j-1"))
                .build());
        assertThatThrownBy(() -> writer.recordCreated(created)).isInstanceOf(KubernetesClientException.class);

        assertThat(writer.reportIfRemovedDuringCreate()).isTrue();

        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.getReason()).isEqualTo("RemovedDuringCreate");
            assertThat(event.getMessage()).contains("Left in the cloud: the volume of job j-1.");
        });
    }

    /** A user removed the create intent. */
    @Test
    void namesUidOfRestoreWhoseLostJobIsAllThatIsRecorded() {
        var failures = FailedAttempts.append(
                List.of(),
                RecordedFailure.once(RecordedFailure.JOB, NOON)
                        .message("the cloud does not know the job")
                        .mayHaveActed(true)
                        .build());

        assertThat(messageAtTheEnd(status -> status.volumeId(null).readyAt(null).failedAttempts(failures)))
                .contains("Its volume has the UID uid-1 in its metadata.");
    }

    @Test
    void namesPersistentVolumeThatMayExistAlthoughNothingRecordsIt() {
        assertThat(messageAtTheEnd(status -> {}))
                .contains("volume v-2, PersistentVolume evs-restore-uid-1, if it was created.");
    }

    @Test
    void namesNoPersistentVolumeThatCannotExistOrThatMessageExcludes() {
        assertThat(messageAtTheEnd(status -> status.readyAt(null))).doesNotContain("PersistentVolume");
        assertThat(messageAtTheEnd(status -> status.claimMessage("The administrator does not allow it.")))
                .doesNotContain("PersistentVolume");
    }

    @Test
    void namesRecordedPersistentVolumeWithoutDoubt() {
        assertThat(messageAtTheEnd(status -> status.persistentVolumeName("evs-restore-uid-1")))
                .contains("PersistentVolume evs-restore-uid-1.");
        assertThat(messageAtTheEnd(
                        status -> status.claimMessage("The PersistentVolume evs-restore-uid-1 exists already.")))
                .contains("PersistentVolume evs-restore-uid-1.");
    }

    private String messageAtTheEnd(Consumer<VolumeSnapshotRestoreStatusBuilder> change) {
        var restore = SourceRequestsTest.restore("1");
        restore.addFinalizer(Api.FINALIZER);
        restore.setSpec(VolumeSnapshotRestoreSpecBuilder.builder(restore.getSpec())
                .persistentVolumeClaim(new ClaimTemplate("restored", "disk.csi.everest.io", null, null, null))
                .build());
        var status =
                VolumeSnapshotRestoreStatusBuilder.builder().volumeId("v-2").readyAt("2026-11-27T12:00:00Z");
        change.accept(status);
        restore.setStatus(status.build());
        var ofRestore = new FakeStore<VolumeSnapshotRestore, VolumeSnapshotRestoreStatus>(restore);
        var recorded = new ArrayList<Event>();
        new RestoreWriter(
                        ofRestore.get(),
                        ofRestore,
                        new EventRecorder(recorded::add, new SnapshotMetrics(new SimpleMeterRegistry())),
                        NOON)
                .removeFinalizer(Optional.of(RestoreReason.VolumeRetained));
        return recorded.get(0).getMessage();
    }

    @Test
    void reportsNothingAboutRestoreThatExistsOrForWhichNothingWasCreated() {
        writer.writeIntent(SourceRequestsTest.intent());
        assertThat(writer.reportIfRemovedDuringCreate()).isFalse();

        var other = new RestoreWriter(
                store.get(),
                store,
                new EventRecorder(events::add, new SnapshotMetrics(new SimpleMeterRegistry())),
                NOON);
        store.deleteByOther();
        assertThat(other.reportIfRemovedDuringCreate()).isFalse();
        assertThat(events).isEmpty();
    }
}
