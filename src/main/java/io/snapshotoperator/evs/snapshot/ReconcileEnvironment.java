/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.createonce.VolumeResolution;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;

/**
 * What the operator knows for the reconcile of an object, in addition to the object itself.
 *
 * @param cloudAccess whether the operator can send calls now, and to which location
 * @param volume the volume to which the source leads
 * @param noPriorCreate whether no create request for the object can have been sent before
 * @param absenceProvableFrom the time after which no earlier create request can complete, as far as the process knows
 * @param metadataPreserved false if this connection dropped an ownership marker; then the operator repeats no create
 *     request
 * @param usedByOthers the observed snapshots that other objects import or record
 * @param beingRestored whether the cloud creates a volume from the snapshot, or may do so
 * @param refreshRequested whether the user requested an observation that has not been made yet
 * @param installation the identity of this installation of the operator
 */
@RecordBuilder
@RecordBuilder.Options(useImmutableCollections = true)
public record ReconcileEnvironment(
        CloudAccess cloudAccess,
        VolumeResolution volume,
        boolean noPriorCreate,
        Instant absenceProvableFrom,
        boolean metadataPreserved,
        Set<SnapshotId> usedByOthers,
        boolean beingRestored,
        boolean refreshRequested,
        String installation,
        RetryPolicy retryPolicy) {

    public ReconcileEnvironment {
        Objects.requireNonNull(cloudAccess);
        Objects.requireNonNull(volume);
        usedByOthers = Set.copyOf(usedByOthers);
    }

    /** Returns this environment with the observed snapshots that other objects import or record. */
    public ReconcileEnvironment withUsedByOthers(Set<SnapshotId> ids) {
        return ReconcileEnvironmentBuilder.builder(this).usedByOthers(ids).build();
    }
}
