/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.createonce.VolumeResolution;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Objects;

/**
 * How this process stands towards one object, apart from what is written on the object.
 *
 * @param cloudAccess whether orders could be sent now, and where to
 * @param volume what the source leads to
 * @param noPriorCreate whether no order for the object can have been made by anyone before
 * @param absenceProvableFrom when the last order that could still be under way will have arrived
 * @param metadataPreserved whether this connection is known to keep metadata; false forbids to repeat a create
 * @param refreshRequested whether the object's author asked for a look that was not yet taken
 * @param installation identity of this installation of the operator
 * @param retryPolicy the rules of time
 */
@RecordBuilder
public record ReconcileEnvironment(
        CloudAccess cloudAccess,
        VolumeResolution volume,
        boolean noPriorCreate,
        Instant absenceProvableFrom,
        boolean metadataPreserved,
        boolean refreshRequested,
        String installation,
        RetryPolicy retryPolicy) {

    public ReconcileEnvironment {
        Objects.requireNonNull(cloudAccess);
        Objects.requireNonNull(volume);
    }
}
