/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotState;
import java.util.Optional;

/**
 * What an object records of its snapshot. The poller reports what differs from it.
 *
 * @param wireState the recorded status word
 * @param name the recorded name; empty if none is recorded
 * @param missing whether the object reports the snapshot as missing, and no other with its marker. Then only the return of the
 *     snapshot or another with the marker is news, and the status word does not count
 */
public record WatchedState(SnapshotId id, String wireState, Optional<String> name, boolean missing) {
    /** Returns the recorded status word as a state. */
    public SnapshotState state() {
        return SnapshotState.ofWire(wireState);
    }
}
