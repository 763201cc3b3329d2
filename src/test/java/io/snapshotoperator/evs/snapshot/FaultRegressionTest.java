/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.createonce.VolumeResolution;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the fault laboratory found broken, as cases of the rules. */
class FaultRegressionTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final ObjectIdentity OWNER = new ObjectIdentity("uid-1", "shop", "nightly");
    private static final CloudLocation HERE = new CloudLocation("https://evs.example", "project-a");
    private static final VolumeId VOLUME = new VolumeId("disk-1");
    private static final SnapshotId ID = new SnapshotId("snapshot-1");
    private static final RetryPolicy RETRY_POLICY =
            new RetryPolicy(Duration.ofSeconds(60), Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofMinutes(5));

    @Test
    void aSnapshotThatWasAdoptedInErrorIsReplacedLikeOneThatWasWatchedFailing() {
        var adopted = aCase(3, true, Optional.of(intent()), "error", SnapshotReason.SnapshotFailed);

        assertThat(SnapshotRules.planObservation(adopted)).isEqualTo(new ObservationQuery.GetById(ID));
        assertThat(SnapshotRules.decide(adopted, new Observation.Found(snapshot("error", OWNER.uid())), "order-2")
                        .action())
                .isInstanceOf(Action.DeleteSnapshot.class);
    }

    @Test
    void aFailedSnapshotThatIsKeptIsNotReadAgainAndAgain() {
        var kept = aCase(1, true, Optional.of(intent()), "error", SnapshotReason.SnapshotFailed);

        assertThat(SnapshotRules.planObservation(kept)).isEqualTo(new ObservationQuery.PollerUpdate(ID));
    }

    @Test
    void aFinalizerTakenOffTogetherWithTheIntentIsPutBackWhenTheSnapshotIsOurs() {
        var replaced = aCase(1, false, Optional.empty(), "available", SnapshotReason.SnapshotAvailable);

        assertThat(SnapshotRules.planObservation(replaced)).isEqualTo(new ObservationQuery.GetById(ID));
        assertThat(SnapshotRules.decide(replaced, new Observation.Found(snapshot("available", OWNER.uid())), "order-2")
                        .action())
                .isEqualTo(new Action.AddFinalizer());
    }

    @Test
    void aRestoredObjectGetsNoFinalizerForAnotherObjectsSnapshot() {
        var restored = aCase(1, false, Optional.empty(), "available", SnapshotReason.SnapshotAvailable);

        assertThat(SnapshotRules.decide(restored, new Observation.Found(snapshot("available", "uid-before")), "order-2")
                        .action())
                .isEqualTo(new Action.None());
    }

    @Test
    void whatNeedsALookOfItsOwnComesAgainAfterAnOutage() {
        var failure = CloudExceptionDetailsBuilder.builder()
                .kind(CloudException.Kind.TRANSIENT)
                .operation("read snapshot s-1")
                .cloudMessage("no response")
                .advice("Wait.")
                .build();
        var failed = aCase(3, true, Optional.of(intent()), "error", SnapshotReason.SnapshotFailed);
        var blind = new ReconcileInput(
                failed.desired(),
                failed.recorded(),
                new ReconcileEnvironment(
                        new CloudAccess.Unavailable(failure),
                        new VolumeResolution.Resolved(VOLUME),
                        false,
                        NOON,
                        true,
                        false,
                        "cluster-1",
                        RETRY_POLICY),
                failed.now());

        assertThat(SnapshotRules.decide(blind, new Observation.Unchanged(), "order-2")
                        .requeueAfter())
                .isPresent();
    }

    private static CreateIntent intent() {
        return new CreateIntent(
                OWNER.uid(),
                NOON,
                "order-1",
                1,
                VOLUME,
                HERE,
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static CloudSnapshot snapshot(String word, String uid) {
        return new CloudSnapshot(
                ID,
                word,
                Optional.of(VOLUME),
                Optional.of("nightly"),
                Optional.empty(),
                Optional.of(40),
                Optional.of(NOON),
                Optional.empty(),
                new OwnershipMarker(uid, "order-1", "cluster-1", "shop", "nightly").addTo(Map.of()));
    }

    private static ReconcileInput aCase(
            int maxAttempts, boolean finalizer, Optional<CreateIntent> intent, String word, Reason written) {
        var desired = new DesiredSnapshot(
                new Source.Volume(VOLUME),
                Optional.empty(),
                Optional.empty(),
                false,
                Map.of(),
                DesiredSnapshot.DeletionPolicy.DELETE,
                Duration.ofHours(1),
                Optional.empty(),
                maxAttempts,
                false,
                false,
                Optional.empty(),
                Optional.empty());
        var recordedSnapshot = new RecordedState.RecordedSnapshot(
                ID, word, Optional.of(HERE), Optional.of(VOLUME), Optional.of("nightly"));
        var recorded = new RecordedState(
                OWNER,
                1,
                NOON,
                false,
                finalizer,
                intent,
                Optional.of(recordedSnapshot),
                word.equals("available") ? Optional.of(NOON) : Optional.empty(),
                List.of(),
                Optional.of(written),
                List.of(),
                1);
        var environment = new ReconcileEnvironment(
                new CloudAccess.Available(HERE),
                new VolumeResolution.Resolved(VOLUME),
                false,
                NOON,
                true,
                false,
                "cluster-1",
                RETRY_POLICY);
        return new ReconcileInput(desired, recorded, environment, NOON.plusSeconds(5));
    }
}
