/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.Listing;
import io.snapshotoperator.evs.cloud.VolumeFilter;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Shares lists of volumes among the restores of one connection, so that the cost of waiting does not grow with their number: one
 * thread lists, and the result serves all. Keeps only volumes that a restore can have created. Safe for use by many threads.
 */
public final class VolumeLists {
    private final InstantSource clock;
    private final Map<VolumeFilter, VolumeList> latest = new ConcurrentHashMap<>();
    private final Set<VolumeFilter> inProgress = ConcurrentHashMap.newKeySet();

    public VolumeLists(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * The result of reading all pages of a list.
     *
     * @param volumes those that carry an ownership marker or were created from a snapshot
     * @param complete whether the list cannot have missed a volume
     */
    public record VolumeList(List<CloudVolume> volumes, boolean complete, Instant startedAt) {
        public VolumeList {
            volumes = List.copyOf(volumes);
        }
    }

    /** Returns the last list that started at this time or later; empty if there is none. */
    public Optional<VolumeList> find(VolumeFilter filter, Instant notBefore) {
        // A list of a clock that was ahead would prove absence too early.
        return Optional.ofNullable(latest.get(filter))
                .filter(list -> !list.startedAt().isBefore(notBefore)
                        && !list.startedAt().isAfter(clock.instant()));
    }

    /**
     * Lists the volumes, and keeps the result for the others if it is complete.
     *
     * @param list sends the calls; what it throws, the caller gets
     * @return empty if another thread lists now
     */
    public Optional<VolumeList> fetch(VolumeFilter filter, Supplier<Listing<CloudVolume>> list) {
        if (!inProgress.add(filter)) {
            return Optional.empty();
        }
        try {
            var startedAt = clock.instant();
            var listing = list.get();
            var volumes = listing.items().stream()
                    .filter(volume -> volume.snapshotId().isPresent()
                            || OwnershipMarker.of(volume).isPresent())
                    .toList();
            var result = new VolumeList(volumes, listing.complete(), startedAt);
            if (result.complete()) {
                // An incomplete one would be found again until something else lists, and never prove anything.
                latest.put(filter, result);
            }
            return Optional.of(result);
        } finally {
            inProgress.remove(filter);
        }
    }
}
