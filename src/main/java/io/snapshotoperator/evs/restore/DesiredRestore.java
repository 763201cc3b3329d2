/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.createonce.UserRequests;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the user requests: the spec with its defaults, and the user's annotations.
 *
 * @param sizeGiB empty for the size of the snapshot, but at least {@link Preflight#MIN_SIZE_GIB}
 * @param deleteVolume whether the operator deletes the volume with the object
 * @param requests the values of the annotations with which the user requests an action
 */
@RecordBuilder
@RecordBuilder.Options(addConcreteSettersForOptional = true, useImmutableCollections = true)
public record DesiredRestore(
        Optional<Integer> sizeGiB,
        Optional<String> name,
        Optional<String> description,
        Map<String, String> metadata,
        Map<String, String> tags,
        boolean deleteVolume,
        Duration readyWithin,
        boolean paused,
        boolean abandon,
        UserRequests requests) {
    public DesiredRestore {
        metadata = Map.copyOf(metadata);
        tags = Map.copyOf(tags);
        Objects.requireNonNull(readyWithin);
        Objects.requireNonNull(requests);
    }
}
