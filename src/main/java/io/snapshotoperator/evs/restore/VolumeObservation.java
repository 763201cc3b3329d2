/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudJob;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.createonce.PermitDenial;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the operator observed in the cloud. */
public sealed interface VolumeObservation {

    /** The operator made no observation. */
    record None() implements VolumeObservation {}

    /**
     * The source of a create request.
     *
     * @param snapshot empty if the cloud has no such snapshot
     * @param volume the volume from which the snapshot was created; empty if the cloud has no such volume
     */
    record Source(Optional<CloudSnapshot> snapshot, Optional<CloudVolume> volume) implements VolumeObservation {}

    /**
     * The cloud described the volume.
     *
     * @param others the other volumes that carry the ownership marker, if the observation shows them
     * @param read one of {@code others} that was read with its snapshots, because it may be deleted
     */
    record Found(CloudVolume volume, List<CloudVolume> others, Optional<Deletable> read) implements VolumeObservation {
        public Found {
            others = List.copyOf(others);
        }

        public static Found of(CloudVolume volume) {
            return new Found(volume, List.of(), Optional.empty());
        }
    }

    /** A volume that was read by its id, and whether it has snapshots, which the cloud would delete with it. */
    record Deletable(CloudVolume volume, boolean hasSnapshots) implements VolumeObservation {}

    /** The cloud responded to a read by id with 404. */
    record NotFound() implements VolumeObservation {}

    /** The job has not ended with a volume: it is in progress, or it failed. */
    record Job(CloudJob job) implements VolumeObservation {}

    /** The cloud does not know the job, or it ended and names no volume. Nothing follows about the volume. */
    record JobLost() implements VolumeObservation {}

    /**
     * The result of a search by ownership marker.
     *
     * @param matches the volumes whose marker contains the UID of the object and this installation
     * @param unmarked the volumes without a marker that could be of the create request
     * @param complete whether the search cannot have missed a volume
     * @param startedAt the start of the search
     * @param source present if there are no matches and the query asked for it
     */
    record SearchResult(
            List<CloudVolume> matches,
            List<CloudVolume> unmarked,
            boolean complete,
            Instant startedAt,
            Optional<Source> source)
            implements VolumeObservation {
        public SearchResult {
            matches = List.copyOf(matches);
            unmarked = List.copyOf(unmarked);
        }

        public SearchResult withMatches(List<CloudVolume> other) {
            return new SearchResult(other, unmarked, complete, startedAt, source);
        }

        public SearchResult withSource(Source read) {
            return new SearchResult(matches, unmarked, complete, startedAt, Optional.of(read));
        }
    }

    /**
     * The operator has not observed the cloud yet. Nothing follows about the volume.
     *
     * @param denial why the observation got no permit; empty if another reconcile lists the volumes now
     */
    record Deferred(Optional<PermitDenial> denial, Duration retryAfter) implements VolumeObservation {
        public static Deferred denied(PermitDenial denial) {
            return new Deferred(Optional.of(denial), denial.retryAfter());
        }
    }

    /** The observation failed. Nothing follows about the volume. */
    record Failed(CloudException.Details failure) implements VolumeObservation {}
}
