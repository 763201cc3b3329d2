/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CreateVolumeRequest;
import io.snapshotoperator.evs.cloud.CreateVolumeRequestBuilder;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.restore.VolumeObservation.Source;
import java.util.Optional;

/**
 * Checks before a create request what the cloud would reject, and whether the namespace may restore the snapshot. Everything comes
 * from reads of this reconcile.
 */
final class Preflight {
    /** The smallest data disk of the native API (EVS API reference, "Creating EVS Disks", and EVS.1010). */
    static final int MIN_SIZE_GIB = 10;

    private Preflight() {}

    /** Returns what to report instead of a create request; empty if the request can be sent. */
    static Optional<Verdict> findProblem(RestoreInput input, RestoreSource.Usable expected, Source source) {
        // A request without connectionRef can be served by another connection than the one that reported its snapshot.
        // Users choose the endpoint of an EvsConnection, so an id that it reported means nothing elsewhere.
        if (!expected.location().equals(input.currentLocation())) {
            return Optional.of(Verdict.of(RestoreReason.RestoreLocationMismatch));
        }
        if (source.snapshot().isEmpty()) {
            return problem(RestoreReason.SourceMissing, "The cloud has no snapshot " + expected.snapshotId() + ".");
        }
        var snapshot = source.snapshot().get();
        var notAllowed = findProhibition(input, expected, snapshot);
        if (notAllowed.isPresent()) {
            return problem(RestoreReason.RestoreNotAllowed, notAllowed.get());
        }
        // EVS.2043: the status must be available or backing-up.
        switch (snapshot.state()) {
            case AVAILABLE, BACKING_UP -> {
                // Can be restored.
            }
            case CREATING, ROLLBACKING, UNRECOGNIZED, ERROR, DELETING, ERROR_DELETING -> {
                return problem(
                        RestoreReason.WaitingForRequest, "The status of the snapshot is " + snapshot.wireState() + ".");
            }
        }
        if (source.volume().isEmpty()) {
            return problem(
                    RestoreReason.SourceMissing,
                    "The cloud has no volume "
                            + snapshot.volumeId().map(Object::toString).orElse("of the snapshot") + ".");
        }
        var volume = source.volume().get();
        // EVS.2054 and EVS.2096: zone and type must be those of the source.
        if (volume.availabilityZone().isEmpty()
                || volume.volumeType().isEmpty()
                || snapshot.sizeGiB().isEmpty()) {
            return problem(
                    CommonReason.Rejected,
                    "The cloud does not say the zone and type of volume " + volume.id()
                            + ", or the size of its snapshot. A restored volume must have the same.");
        }
        return input.desired()
                .sizeGiB()
                .filter(size -> size < snapshot.sizeGiB().get())
                .map(size -> Verdict.of(
                        RestoreReason.SizeTooSmall,
                        "The snapshot has " + snapshot.sizeGiB().get() + " GiB."));
    }

    /**
     * Returns why the namespace must not restore the snapshot. The id of an import is what a user wrote, so it is allowed only where
     * the administrator allows ids, and never for the snapshot of a living object of another namespace. The snapshot of any other
     * request was recorded by the operator; a marker that contradicts it shows that the status was restored or copied.
     */
    private static Optional<String> findProhibition(
            RestoreInput input, RestoreSource.Usable expected, CloudSnapshot snapshot) {
        if (snapshot.isBackup()) {
            // OTC user manual: no disks are created from the snapshots of backups.
            return Optional.of("It belongs to a backup of the cloud.");
        }
        var marker = OwnershipMarker.of(snapshot);
        if (!expected.imported()) {
            return marker.filter(found -> !found.uid().equals(expected.requestUid())
                            || !found.installation().equals(input.environment().installation()))
                    .map(found -> "It carries the ownership marker of another object.");
        }
        if (!input.environment().policy().rawIds()) {
            return Optional.of(
                    "The request names the id of a snapshot, which the administrator of the operator does not"
                            + " allow over this connection.");
        }
        return input.snapshotOfOther()
                ? Optional.of("It belongs to an object of another namespace.")
                : Optional.empty();
    }

    /** Returns the create request. {@link #findProblem} must have found none. */
    static CreateVolumeRequest request(RestoreInput input, CreateIntent intent, Source source) {
        var owner = input.recorded().identity();
        var marker = new OwnershipMarker(
                owner.uid(), intent.createId(), input.environment().installation(), owner.namespace(), owner.name());
        var snapshot = source.snapshot().orElseThrow();
        var volume = source.volume().orElseThrow();
        return CreateVolumeRequestBuilder.builder()
                .snapshotId(snapshot.id())
                .availabilityZone(volume.availabilityZone().orElseThrow())
                .volumeType(volume.volumeType().orElseThrow())
                .sizeGiB(input.desired()
                        .sizeGiB()
                        .orElse(Math.max(MIN_SIZE_GIB, snapshot.sizeGiB().orElseThrow())))
                .name(input.volumeName())
                .description(input.desired().description())
                .metadata(marker.addTo(input.desired().metadata()))
                .tags(input.desired().tags())
                .build();
    }

    private static Optional<Verdict> problem(Reason reason, String detail) {
        return Optional.of(Verdict.of(reason, detail));
    }
}
