/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.createonce.UserRequests;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the user requests: the spec, with the defaults that depend on more than one field, and the user's annotations.
 *
 * @param name the name in the cloud; empty if the spec gives none
 * @param readyWithin the time after the creation of the object after which a snapshot that is not available is stalled
 * @param ttl counted from the first readiness; empty if the object does not expire
 * @param maxAttempts how many snapshots the operator may create in total if one ends in error; with 1 it keeps a failed
 *     snapshot
 * @param retryCreate the value of the annotation that allows a create request after {@code CreateOutcomeUnknown}
 * @param reconcileRequest the value of the annotation that requests a reconcile now
 */
@RecordBuilder
@RecordBuilder.Options(addConcreteSettersForOptional = true, useImmutableCollections = true)
public record DesiredSnapshot(
        Source source,
        Optional<String> name,
        Optional<String> description,
        boolean force,
        Map<String, String> metadata,
        DeletionPolicy deletionPolicy,
        Duration readyWithin,
        Optional<Duration> ttl,
        int maxAttempts,
        boolean paused,
        boolean abandon,
        Optional<String> retryCreate,
        Optional<String> reconcileRequest) {

    /** What happens to the snapshot in the cloud when the object is deleted. */
    public enum DeletionPolicy {
        DELETE,
        RETAIN
    }

    public DesiredSnapshot {
        Objects.requireNonNull(source);
        metadata = Map.copyOf(metadata);
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts must be at least 1");
        }
    }

    /** Returns the values of the annotations with which the user requests an action. */
    public UserRequests userRequests() {
        return new UserRequests(retryCreate, reconcileRequest);
    }

    public boolean isImport() {
        return source instanceof Source.ExistingSnapshot;
    }
}
