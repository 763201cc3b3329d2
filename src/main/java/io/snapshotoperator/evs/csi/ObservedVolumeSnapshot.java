/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.csi;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Objects;

/**
 * A {@code VolumeSnapshot} as the API server showed it. Texts that it lacks are empty.
 *
 * @param requestUid the label with the UID of a request. An editor of the namespace can set it, and so lets the operator delete a
 *     {@code VolumeSnapshot} that they can delete themselves
 * @param contentName the content that it names
 */
@RecordBuilder
public record ObservedVolumeSnapshot(
        String name, String uid, String resourceVersion, String requestUid, String contentName, boolean deleting) {
    public ObservedVolumeSnapshot {
        Objects.requireNonNull(name);
        Objects.requireNonNull(uid);
        Objects.requireNonNull(resourceVersion);
    }
}
