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
 * @param recordedAt when the object recorded this state
 * @param listsCountFrom a list that began at this time or earlier proves nothing about the recorded state
 */
record WatchedSnapshot(
        ResourceID object, String uid, WatchedState recorded, Instant recordedAt, Instant listsCountFrom) {

    static WatchedSnapshot recordedAt(Instant now, ResourceID object, String uid, WatchedState recorded) {
        return new WatchedSnapshot(object, uid, recorded, now, now);
    }

    /** Whether a snapshot leaves this state by itself. The poller shows when. */
    static boolean isTransient(SnapshotState state) {
        return switch (state) {
            case CREATING, DELETING, ROLLBACKING, BACKING_UP, UNRECOGNIZED -> true;
            case AVAILABLE, ERROR, ERROR_DELETING -> false;
        };
    }

    SnapshotId id() {
        return recorded.id();
    }

    WatchedSnapshot withListsCountFrom(Instant time) {
        return new WatchedSnapshot(object, uid, recorded, recordedAt, time);
    }

    boolean isRecordedBefore(Instant listStart) {
        return listsCountFrom.isBefore(listStart);
    }

    /** Whether the object shows the snapshot in this state. */
    boolean isRecordedIn(SnapshotState state) {
        return !recorded.missing() && recorded.state() == state;
    }

    /** Whether the snapshot is being created or deleted. */
    boolean isInFlight() {
        return isRecordedIn(SnapshotState.CREATING) || isRecordedIn(SnapshotState.DELETING);
    }

    boolean isTransient() {
        return !recorded.missing() && isTransient(recorded.state());
    }

    boolean differsFrom(CloudSnapshot shown) {
        return recorded.missing()
                || !shown.wireState().equals(recorded.wireState())
                || !shown.name().equals(recorded.name());
    }

    Duration age(Instant now) {
        return Duration.between(recordedAt, now);
    }
}
