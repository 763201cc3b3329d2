/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotState;
import java.time.Duration;
import java.time.Instant;

/**
 * A snapshot that an object records.
 *
 * @param object the object whose reconcile an update triggers
 * @param uid the UID of the object
 * @param since the time from which the recorded state holds; a list that began earlier proves nothing about it
 */
record WatchedSnapshot(ResourceID object, String uid, WatchedState recorded, Instant since) {
    /** Whether a snapshot in this state is in flight: polls show when it leaves the state. */
    static boolean isInFlight(SnapshotState state) {
        return state == SnapshotState.CREATING || state == SnapshotState.DELETING;
    }

    SnapshotId id() {
        return recorded.id();
    }

    WatchedSnapshot withSince(Instant time) {
        return new WatchedSnapshot(object, uid, recorded, time);
    }

    boolean isRecordedBefore(Instant time) {
        return since.isBefore(time);
    }

    boolean isRecordedIn(SnapshotState state) {
        return recorded.state() == state;
    }

    boolean isInFlight() {
        return isInFlight(recorded.state());
    }

    boolean differsFrom(CloudSnapshot listed) {
        return !listed.wireState().equals(recorded.wireState())
                || !listed.name().equals(recorded.name());
    }

    Duration age(Instant now) {
        return Duration.between(since, now);
    }
}
