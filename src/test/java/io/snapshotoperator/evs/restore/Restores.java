/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.CloudVolumeBuilder;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.ConnectionPolicy;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.RecordedFailure;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.createonce.UserRequests;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A valid restore for tests, of which each test changes what matters. */
public final class Restores {
    public static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
    public static final String UID = "11111111-2222-3333-4444-555555555555";
    static final String INSTALLATION = "installation";
    static final ObjectIdentity IDENTITY = new ObjectIdentity(UID, "team-a", "data-back");
    static final CloudLocation HERE = new CloudLocation("https://evs.example", "project");
    public static final SnapshotId SNAPSHOT = new SnapshotId("s-1");
    public static final VolumeId SOURCE_VOLUME = new VolumeId("v-source");
    public static final VolumeId VOLUME = new VolumeId("v-new");
    static final String REQUEST_UID = "99999999-2222-3333-4444-555555555555";
    public static final Duration SETTLE_TIME = Duration.ofMinutes(1);
    static final Duration MAX_BACKOFF = Duration.ofMinutes(10);
    static final RetryPolicy RETRIES =
            new RetryPolicy(SETTLE_TIME, Duration.ofHours(1), Duration.ofSeconds(5), MAX_BACKOFF);

    private final DesiredRestoreBuilder desired = DesiredRestoreBuilder.builder()
            .readyWithin(Duration.ofHours(1))
            .requests(new UserRequests(Optional.empty(), Optional.empty()));
    private final RecordedRestoreBuilder recorded = RecordedRestoreBuilder.builder()
            .identity(IDENTITY)
            .generation(1)
            .createdAt(NOON)
            .observedGeneration(1);
    private final RestoreEnvironmentBuilder environment = RestoreEnvironmentBuilder.builder()
            .cloudAccess(new CloudAccess.Available(HERE))
            .policy(ConnectionPolicy.ALL)
            .source(new RestoreSource.Usable(SNAPSHOT, Optional.of(HERE), REQUEST_UID, false))
            .noPriorCreate(true)
            .absenceProvableFrom(NOON)
            .pollInterval(Duration.ofSeconds(3))
            .recheckInterval(Duration.ofMinutes(10))
            .installation(INSTALLATION)
            .retryPolicy(RETRIES);
    private Instant now = NOON;
    private boolean snapshotOfOther;

    public static Restores aRestore() {
        return new Restores();
    }

    /** A restore for which a create request was sent at noon, and nothing else is recorded. */
    public static Restores aRestoreAfterCreate() {
        return aRestore().withIntent(intent());
    }

    static CreateIntent intent() {
        return CreateIntent.first(
                IDENTITY, SOURCE_VOLUME, HERE, "c-1", new UserRequests(Optional.empty(), Optional.empty()), NOON);
    }

    Restores withIntent(CreateIntent intent) {
        recorded.intent(intent).hasFinalizer(true);
        environment.noPriorCreate(false);
        return this;
    }

    Restores desiring(Consumer<DesiredRestoreBuilder> change) {
        change.accept(desired);
        return this;
    }

    public Restores recording(Consumer<RecordedRestoreBuilder> change) {
        change.accept(recorded);
        return this;
    }

    Restores in(Consumer<RestoreEnvironmentBuilder> change) {
        change.accept(environment);
        return this;
    }

    public Restores deletedAtNoon() {
        desired.deleteVolume(true);
        recorded.deletionRequestedAt(NOON);
        return this;
    }

    Restores withSnapshotOfOther() {
        snapshotOfOther = true;
        return this;
    }

    public Restores at(Duration afterNoon) {
        now = NOON.plus(afterNoon);
        return this;
    }

    public RestoreInput build() {
        return new RestoreInput(desired.build(), recorded.build(), environment.build(), snapshotOfOther, now);
    }

    public static CloudVolumeBuilder ownVolume(VolumeId id, String state) {
        return CloudVolumeBuilder.builder()
                .id(id)
                .wireState(state)
                .sizeGiB(20)
                .availabilityZone("eu-de-01")
                .volumeType("SSD")
                .snapshotId(SNAPSHOT)
                .createdAt(NOON)
                .metadata(marker(UID, "c-1", INSTALLATION));
    }

    public static CloudVolume sourceVolume() {
        return CloudVolumeBuilder.builder()
                .id(SOURCE_VOLUME)
                .wireState("in-use")
                .sizeGiB(20)
                .availabilityZone("eu-de-01")
                .volumeType("SSD")
                .build();
    }

    public static CloudSnapshotBuilder snapshot() {
        return CloudSnapshotBuilder.builder()
                .id(SNAPSHOT)
                .wireState("available")
                .volumeId(SOURCE_VOLUME)
                .sizeGiB(20)
                .metadata(marker(REQUEST_UID, "c-0", INSTALLATION));
    }

    static VolumeObservation.Source source(CloudSnapshot snapshot) {
        return new VolumeObservation.Source(Optional.of(snapshot), Optional.of(sourceVolume()));
    }

    public static Map<String, String> marker(String uid, String createId, String installation) {
        return new OwnershipMarker(uid, createId, installation, "team-a", "name").addTo(Map.of());
    }

    /** A complete search that started at this time, with the source if it found nothing. */
    static VolumeObservation.SearchResult search(Instant startedAt, CloudVolume... matches) {
        return new VolumeObservation.SearchResult(
                List.of(matches),
                List.of(),
                true,
                startedAt,
                matches.length == 0 ? Optional.of(source(snapshot().build())) : Optional.empty());
    }

    static CloudException.Details failure(CloudException.Kind kind, boolean mayHaveActed) {
        return CloudExceptionDetailsBuilder.builder()
                .kind(kind)
                .operation("create a volume")
                .cloudMessage("no")
                .advice("Wait.")
                .mayHaveActed(mayHaveActed)
                .build();
    }

    static RecordedFailure failed(String operation, boolean mayHaveActed, Instant at) {
        return RecordedFailure.once(operation, at)
                .createId("c-1")
                .message("no")
                .mayHaveActed(mayHaveActed)
                .build();
    }
}
