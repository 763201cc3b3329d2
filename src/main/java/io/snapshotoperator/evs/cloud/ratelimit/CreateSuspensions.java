/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.ratelimit;

import io.snapshotoperator.evs.cloud.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;

/**
 * The times until which creates are suspended, because a quota of a volume or of the project is used up. Not safe for use by
 * several threads.
 */
final class CreateSuspensions {
    private static final Optional<VolumeId> PROJECT = Optional.empty();

    /** By volume; {@link #PROJECT} for all volumes. */
    private final Map<Optional<VolumeId>, Instant> ends = new HashMap<>();

    /** Suspends creates of one volume, or of the whole project if the id is empty. Never shortens a suspension. */
    void suspend(Optional<VolumeId> volumeId, Instant until) {
        ends.merge(volumeId, until, BinaryOperator.maxBy(Comparator.naturalOrder()));
    }

    /** Returns the end of the suspension that applies to creates of this volume; empty if creates are allowed. */
    Optional<Instant> endFor(Optional<VolumeId> volumeId, Instant now) {
        return Stream.of(volumeId, PROJECT)
                .flatMap(scope -> Optional.ofNullable(ends.get(scope)).stream())
                .filter(now::isBefore)
                .max(Comparator.naturalOrder());
    }

    void removeExpired(Instant now) {
        ends.values().removeIf(end -> !now.isBefore(end));
    }

    /** Moves all ends, after the clock was set back. */
    void shift(Duration by) {
        ends.replaceAll((volumeId, end) -> end.plus(by));
    }
}
