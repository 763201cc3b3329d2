/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.ConnectionPolicy;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * What the operator knows for the reconcile of a restore, in addition to the object itself.
 *
 * @param policy what the namespace may do over the connection
 * @param source the snapshot to which the request leads
 * @param noPriorCreate whether no create request for the object can have been sent before
 * @param absenceProvableFrom the time after which no earlier create request can complete, as far as the process knows
 * @param pollInterval the time until a volume in creation is observed again
 * @param recheckInterval the time until a volume that was ready is observed again
 * @param installation the identity of this installation of the operator
 */
@RecordBuilder
public record RestoreEnvironment(
        CloudAccess cloudAccess,
        ConnectionPolicy policy,
        RestoreSource source,
        boolean noPriorCreate,
        Instant absenceProvableFrom,
        Duration pollInterval,
        Duration recheckInterval,
        String installation,
        RetryPolicy retryPolicy) {
    public RestoreEnvironment {
        Objects.requireNonNull(cloudAccess);
        Objects.requireNonNull(policy);
        Objects.requireNonNull(source);
        Objects.requireNonNull(absenceProvableFrom);
        Objects.requireNonNull(installation);
        Objects.requireNonNull(retryPolicy);
    }
}
