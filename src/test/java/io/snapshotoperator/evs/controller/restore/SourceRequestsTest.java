/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.RequestRef;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatusBuilder;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import io.snapshotoperator.evs.controller.FailedAttempts;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.snapshotoperator.evs.createonce.UserRequests;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.restore.RestoreSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceRequestsTest {
    private static final String NAMESPACE = "team-a";
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
    private static final SnapshotId SNAPSHOT = new SnapshotId("s-1");
    private static final ResourceID REQUEST = new ResourceID("nightly", NAMESPACE);

    private final FakeCache<VolumeSnapshotRequest> requestCache = new FakeCache<>();
    private final FakeCache<VolumeSnapshotRestore> restoreCache = new FakeCache<>();
    private final SourceRequests sources = new SourceRequests();

    @BeforeEach
    void attachCaches() {
        sources.attach(requestCache);
        sources.attachRestores(restoreCache);
        requestCache.put(readyRequest());
        restoreCache.put(restore("1"));
    }

    @Test
    void protectsSnapshotFromBeginOfCreateUntilCacheShowsIntent() {
        assertThat(sources.isBeingRestored(REQUEST)).isFalse();

        var begun = sources.begin(restore("1"), SNAPSHOT, () -> {
            assertThat(sources.isBeingRestored(REQUEST)).isTrue();
            return Optional.of(withIntent("12"));
        });

        assertThat(begun).isTrue();
        restoreCache.put(restore("9"));
        assertThat(sources.isBeingRestored(REQUEST)).isTrue();
        restoreCache.put(withIntent("12"));
        assertThat(sources.isBeingRestored(REQUEST)).isTrue();
        restoreCache.put(restored("13"));
        assertThat(sources.isBeingRestored(REQUEST)).isFalse();
    }

    @Test
    void beginsNothingWhenRequestIsBeingDeleted() {
        var deleted = readyRequest();
        deleted.getMetadata().setDeletionTimestamp("2026-11-27T12:00:00Z");
        requestCache.put(deleted);

        var begun = sources.begin(restore("1"), SNAPSHOT, () -> {
            throw new AssertionError("wrote the intent");
        });

        assertThat(begun).isFalse();
        assertThat(sources.isBeingRestored(REQUEST)).isFalse();
    }

    @Test
    void protectsNothingWhenIntentCouldNotBeWritten() {
        assertThat(sources.begin(restore("1"), SNAPSHOT, Optional::empty)).isFalse();
        assertThat(sources.isBeingRestored(REQUEST)).isFalse();
    }

    @Test
    void forgetsRestoreThatIsGone() {
        sources.begin(restore("1"), SNAPSHOT, () -> Optional.of(withIntent("12")));
        restoreCache.clear();

        sources.remove("uid-1");

        assertThat(sources.isBeingRestored(REQUEST)).isFalse();
    }

    /** A rejected create request, or a failed job, needs the snapshot no longer. */
    @Test
    void protectsNothingWhenOutcomeOfCreateIsRecorded() {
        var rejected = withIntent("12");
        rejected.setStatus(VolumeSnapshotRestoreStatusBuilder.builder()
                .failedAttempts(FailedAttempts.append(
                        List.of(),
                        RecordedFailure.once(RecordedFailure.CREATE, NOON)
                                .createId("c-1")
                                .message("no")
                                .mayHaveActed(false)
                                .build()))
                .build());
        restoreCache.put(rejected);

        assertThat(sources.isBeingRestored(REQUEST)).isFalse();
    }

    /** Its marker has another UID: a copy of the object was applied. */
    @Test
    void protectsNothingForIntentOfAnotherObject() {
        var copied = withIntent("12");
        copied.getMetadata().setUid("uid-of-copy");
        restoreCache.put(copied);

        assertThat(sources.isBeingRestored(REQUEST)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"downloading, true", "new-word, true", "error, false", "available, false"})
    void protectsSnapshotWhileVolumeMayStillBeCopied(String state, boolean isProtected) {
        var recorded = withIntent("12");
        recorded.setStatus(VolumeSnapshotRestoreStatusBuilder.builder()
                .volumeId("v-2")
                .volumeStatus(state)
                .build());
        restoreCache.put(recorded);

        assertThat(sources.isBeingRestored(REQUEST)).isEqualTo(isProtected);
    }

    /** It was in creation when the cloud reported it last. */
    @Test
    void protectsNothingForMissingVolume() {
        var missing = withIntent("12");
        missing.setStatus(VolumeSnapshotRestoreStatusBuilder.builder()
                .volumeId("v-2")
                .volumeStatus("creating")
                .build());
        restoreCache.put(missing);
        assertThat(sources.isBeingRestored(REQUEST)).isTrue();

        missing.setStatus(VolumeSnapshotRestoreStatusBuilder.builder(missing.getStatus())
                .conditions(Conditions.next(List.of(), Verdict.of(RestoreReason.VolumeMissing), 1, NOON))
                .build());
        restoreCache.put(missing);

        assertThat(sources.isBeingRestored(REQUEST)).isFalse();
    }

    /** The id that another cloud reported means nothing here. */
    @Test
    void sourceNamesTheCloudThatReportedTheSnapshot() {
        var request = readyRequest();
        request.setStatus(VolumeSnapshotRequestStatusBuilder.builder(request.getStatus())
                .endpoint("https://evs.elsewhere")
                .projectId("other")
                .build());
        requestCache.put(request);

        assertThat(sources.sourceOf(restore("1")))
                .isEqualTo(new RestoreSource.Usable(
                        SNAPSHOT,
                        Optional.of(new CloudLocation("https://evs.elsewhere", "other")),
                        "uid-of-request",
                        false));
    }

    static VolumeSnapshotRequest readyRequest() {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withNamespace(NAMESPACE)
                .withName("nightly")
                .withUid("uid-of-request")
                .build());
        request.setSpec(ofVolume("v-1").build());
        request.setStatus(VolumeSnapshotRequestStatusBuilder.builder()
                .snapshotId(SNAPSHOT.value())
                .conditions(List.of(new ConditionBuilder()
                        .withType("Ready")
                        .withStatus("True")
                        .build()))
                .build());
        return request;
    }

    static VolumeSnapshotRestore restore(String version) {
        var restore = new VolumeSnapshotRestore();
        restore.setMetadata(new ObjectMetaBuilder()
                .withNamespace(NAMESPACE)
                .withName("back")
                .withUid("uid-1")
                .withResourceVersion(version)
                .build());
        restore.setSpec(VolumeSnapshotRestoreSpecBuilder.builder()
                .requestRef(new RequestRef("nightly"))
                .build());
        return restore;
    }

    static CreateIntent intent() {
        return CreateIntent.first(
                new ObjectIdentity("uid-1", NAMESPACE, "back"),
                new VolumeId("v-1"),
                new CloudLocation("https://evs.example", "project"),
                "c-1",
                new UserRequests(Optional.empty(), Optional.empty()),
                NOON);
    }

    private static VolumeSnapshotRestore withIntent(String version) {
        var restore = restore(version);
        restore.getMetadata().setAnnotations(Map.of(Api.CREATE_INTENT, CreateIntentJson.write(intent())));
        return restore;
    }

    private static VolumeSnapshotRestore restored(String version) {
        var restore = withIntent(version);
        restore.setStatus(VolumeSnapshotRestoreStatusBuilder.builder()
                .volumeId("v-2")
                .volumeStatus("available")
                .readyAt("2026-11-27T12:00:00Z")
                .build());
        return restore;
    }
}
