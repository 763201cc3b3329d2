/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.createonce.UserRequests;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the object's author wants: the spec, with every default that depends on more than one field filled in, and the
 * annotations by which people speak to the operator.
 *
 * @param name name in the cloud; empty for an import that does not care
 * @param readyWithin how long after the object's creation a snapshot that is not available counts as stalled
 * @param ttl counted from first readiness; empty means kept
 * @param maxAttempts how many snapshots may be ordered in all when one ends in error; 1 means a failed one is kept
 * @param retryCreate value of the annotation that answers {@code CreateOutcomeUnknown}
 * @param reconcileRequest value of the annotation that asks for a look now
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

    /** What happens to the cloud's snapshot when the object goes. */
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

    /** Returns what the user asked for by annotation. */
    public UserRequests userRequests() {
        return new UserRequests(retryCreate, reconcileRequest);
    }

    public boolean isImport() {
        return source instanceof Source.ExistingSnapshot;
    }
}
