/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Everything that a reconcile of one restore decides from, except the observation of the cloud.
 *
 * @param snapshotOfOther whether the observed snapshot carries the marker of a living object of another namespace
 */
public record RestoreInput(
        DesiredRestore desired,
        RecordedRestore recorded,
        RestoreEnvironment environment,
        boolean snapshotOfOther,
        Instant now) {
    private static final String NAME_PREFIX = "vsrestore-";

    /** The console accepts at most 64 characters in the name of a disk (OTC user manual, "Creating an EVS Disk"). */
    private static final int MAX_DEFAULT_NAME = 64;

    /** Returns this input with the answer to the question whether the observed snapshot is that of another namespace. */
    public RestoreInput withSnapshotOfOther(boolean isOfOther) {
        return new RestoreInput(desired, recorded, environment, isOfOther, now);
    }

    RetryPolicy retryPolicy() {
        return environment.retryPolicy();
    }

    /** Returns the time until a volume in creation is observed again. A list of volumes in creation serves so long. */
    public Duration pollInterval() {
        return environment.pollInterval();
    }

    /** Whether this restore can have created the volume that a job names. */
    public boolean mayBeCreated(CloudVolume volume) {
        return !isForeign(volume);
    }

    /** Returns the snapshot to restore; empty if there is none now. */
    public Optional<SnapshotId> sourceSnapshot() {
        return environment.source() instanceof RestoreSource.Usable usable
                ? Optional.of(usable.snapshotId())
                : Optional.empty();
    }

    /** Returns the location of the connection; empty if the operator can send no call now. */
    Optional<CloudLocation> currentLocation() {
        return environment.cloudAccess() instanceof CloudAccess.Available available
                ? Optional.of(available.here())
                : Optional.empty();
    }

    /** Whether the connection leads to another location than the recorded one. */
    boolean locationMismatch() {
        var recordedLocation = recorded.location().or(() -> recorded.intent().map(CreateIntent::location));
        return currentLocation().isPresent()
                && recordedLocation.isPresent()
                && !recordedLocation.equals(currentLocation());
    }

    /** Whether the volume carries the ownership marker of this object and installation. */
    public boolean isOwned(CloudVolume volume) {
        return OwnershipMarker.of(volume)
                .filter(marker -> marker.belongsTo(recorded.identity(), environment.installation()))
                .isPresent();
    }

    /** Whether the volume belongs to something else: it carries another marker, or was created from another snapshot. */
    boolean isForeign(CloudVolume volume) {
        return OwnershipMarker.of(volume).isPresent()
                ? !isOwned(volume)
                : volume.snapshotId().isPresent()
                        && recorded.snapshotId().isPresent()
                        && !volume.snapshotId().equals(recorded.snapshotId());
    }

    /** Whether two volumes are of the same create request, as far as their markers say. */
    boolean hasSameCreateId(CloudVolume one, CloudVolume other) {
        return OwnershipMarker.of(one)
                .map(OwnershipMarker::createId)
                .equals(OwnershipMarker.of(other).map(OwnershipMarker::createId));
    }

    /** Returns the name for a create request. */
    public String volumeName() {
        return desired.name().orElseGet(() -> defaultName(recorded.identity()));
    }

    /** Returns namespace and name of the object, cut to the limit, and a part of its UID, which keeps cut names different. */
    private static String defaultName(ObjectIdentity owner) {
        var uid = owner.uid().replace("-", "");
        var tail = "-" + uid.substring(0, Math.min(12, uid.length()));
        var head = NAME_PREFIX + owner.namespace() + "-" + owner.name();
        return head.substring(0, Math.min(head.length(), MAX_DEFAULT_NAME - tail.length())) + tail;
    }

    /**
     * Returns the time from which a search proves that there is no volume: no earlier create request can complete any more, and the
     * settle time has passed since its job was lost, or failed and left a volume that no list has shown yet.
     */
    Instant absenceProvableFrom() {
        var settleTime = retryPolicy().settleTime();
        return Stream.of(
                        Optional.of(environment.absenceProvableFrom()),
                        recorded.intent()
                                .filter(intent -> !recorded.lastCreateOutcomeIsRecorded())
                                .map(intent -> intent.at().plus(settleTime)),
                        recorded.jobLostAt().map(at -> at.plus(settleTime)),
                        recorded.failedJob()
                                .filter(job -> recorded.volumeId().isEmpty())
                                .map(job -> job.at().plus(settleTime)))
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Whether a search that found nothing proves that there is no volume. */
    boolean provesAbsence(VolumeObservation.SearchResult search) {
        return search.complete() && !search.startedAt().isBefore(absenceProvableFrom());
    }

    /** Whether the volume is so new that the cloud may respond with 404 although it exists. */
    boolean maybeNotYetVisible() {
        return recorded.readyAt().isEmpty()
                && recorded.intent()
                        .filter(intent ->
                                now.isBefore(intent.at().plus(retryPolicy().settleTime())))
                        .isPresent();
    }

    /** Returns the volume to keep: the recorded one, else the one of the last create request, else the oldest. */
    CloudVolume chooseCanonical(List<CloudVolume> matches) {
        var createId = recorded.intent().map(CreateIntent::createId);
        var byAge = Comparator.comparing(
                        (CloudVolume volume) -> volume.createdAt().orElse(Instant.MAX))
                .thenComparing(volume -> volume.id().value());
        return matches.stream()
                .filter(match -> recorded.volumeId().equals(Optional.of(match.id())))
                .findFirst()
                .or(() -> matches.stream()
                        .filter(match -> createId.isPresent()
                                && OwnershipMarker.of(match)
                                        .map(OwnershipMarker::createId)
                                        .equals(createId))
                        .min(byAge))
                .orElseGet(() -> matches.stream().min(byAge).orElseThrow());
    }

    /** Returns the time from now until {@code end}; zero if it has passed. */
    Duration remainingUntil(Instant end) {
        var remaining = Duration.between(now, end);
        return remaining.isNegative() ? Duration.ZERO : remaining;
    }
}
