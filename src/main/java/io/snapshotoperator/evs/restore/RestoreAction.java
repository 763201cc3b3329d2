/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.cloud.CreateVolumeRequest;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.CreateIntent;
import java.time.Instant;
import java.util.Optional;

/** What a reconcile executes: at most one mutating call to the cloud, or one change of the object. */
public sealed interface RestoreAction {

    <R> R accept(Visitor<R> visitor);

    /** One method for each action. A visitor that lacks one does not compile. */
    interface Visitor<R> {
        R none();

        R createVolume(CreateVolume action);

        R deleteVolume(DeleteVolume action);

        R addFinalizer();

        R removeFinalizer(RemoveFinalizer action);
    }

    /** Executes nothing. */
    record None() implements RestoreAction {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.none();
        }
    }

    /**
     * Records the create intent, then sends a create request.
     *
     * @param searchStartedAt the start of the search that found nothing; empty for the first create request, because no
     *     earlier one can exist
     */
    record CreateVolume(CreateIntent intent, CreateVolumeRequest volume, Optional<Instant> searchStartedAt)
            implements RestoreAction {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.createVolume(this);
        }
    }

    /**
     * Sends a delete request.
     *
     * @param duplicate whether the volume is another one than the recorded one, which stays
     */
    record DeleteVolume(OwnedVolume volume, boolean duplicate) implements RestoreAction {
        public VolumeId id() {
            return volume.id();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.deleteVolume(this);
        }
    }

    /** Adds the operator's finalizer, which someone removed. */
    record AddFinalizer() implements RestoreAction {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.addFinalizer();
        }
    }

    /**
     * Removes the operator's finalizer: no volume is left to delete, or the user keeps it.
     *
     * @param eventReason the reason of the event that the operator records; empty for no event
     */
    record RemoveFinalizer(Optional<Reason> eventReason) implements RestoreAction {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.removeFinalizer(this);
        }
    }
}
