/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.Place;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.status.Verdict;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a pass writes into the status. Everything that is empty stays as it was.
 *
 * @param seen the snapshot as the cloud described it
 * @param place where it was seen
 * @param volumeId the disk that a claim led to, once it is known
 * @param wireState a status word learnt otherwise than from {@code seen}
 * @param attempt to be added to the attempts
 * @param surplus ids of the snapshots beside the recorded one
 * @param replaced whether {@code seen} takes the place of a snapshot that ended in error
 */
public record Page(
        Verdict verdict,
        Optional<CloudSnapshot> seen,
        Optional<Place> place,
        Optional<VolumeId> volumeId,
        Optional<String> wireState,
        Optional<Attempt> attempt,
        Optional<List<SnapshotId>> surplus,
        boolean replaced) {

    public Page {
        Objects.requireNonNull(verdict);
    }

    /** A page that says nothing but a verdict. */
    public static Page verdict(Verdict verdict) {
        return of(verdict);
    }

    static Page of(Verdict verdict) {
        return new Page(
                verdict,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false);
    }

    Page seeing(CloudSnapshot snapshot, Place at) {
        return new Page(
                verdict, Optional.of(snapshot), Optional.of(at), volumeId, wireState, attempt, surplus, replaced);
    }

    Page ofVolume(VolumeId id) {
        return new Page(verdict, seen, place, Optional.of(id), wireState, attempt, surplus, replaced);
    }

    Page inState(String word) {
        return new Page(verdict, seen, place, volumeId, Optional.of(word), attempt, surplus, replaced);
    }

    Page after(Attempt failed) {
        return new Page(verdict, seen, place, volumeId, wireState, Optional.of(failed), surplus, replaced);
    }

    Page beside(List<SnapshotId> others) {
        return new Page(verdict, seen, place, volumeId, wireState, attempt, Optional.of(List.copyOf(others)), replaced);
    }

    Page replacing(boolean another) {
        return new Page(verdict, seen, place, volumeId, wireState, attempt, surplus, another);
    }
}
