/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Verdict;
import java.time.Duration;

/** The volume to which the source of a request leads. */
public sealed interface VolumeResolution {
    /** The source leads to this volume. */
    record Resolved(VolumeId id) implements VolumeResolution {}

    /**
     * The source leads to no volume now.
     *
     * @param verdict the verdict to report
     * @param retryAfter the longest time until the source is resolved again
     */
    record Unresolved(Verdict verdict, Duration retryAfter) implements VolumeResolution {}

    /** The source is a snapshot; its volume does not matter. */
    record NotNeeded() implements VolumeResolution {}
}
