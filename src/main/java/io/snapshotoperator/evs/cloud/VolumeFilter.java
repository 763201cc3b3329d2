/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Optional;

/** Selects the volumes of a list. The cloud can ignore a filter silently, so the caller must check the result. */
public record VolumeFilter(Optional<String> status) {

    public static VolumeFilter all() {
        return new VolumeFilter(Optional.empty());
    }

    public static VolumeFilter inStatus(String status) {
        return new VolumeFilter(Optional.of(status));
    }

    /** Returns whether this volume matches the filter. The case of a status word does not matter. */
    public boolean matches(CloudVolume volume) {
        return status.map(word -> word.equalsIgnoreCase(volume.wireState())).orElse(true);
    }
}
