/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.csi;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Objects;
import java.util.Optional;

/**
 * The content that a request is to have.
 *
 * @param snapshotHandle the id of the snapshot, which is the handle of every known driver
 * @param sourceVolumeMode {@code Filesystem} or {@code Block}; empty if it is not known
 * @param className the {@code VolumeSnapshotClass}; empty for none
 * @param volumeSnapshotName the only {@code VolumeSnapshot} of the namespace that can be bound to the content
 * @param createVolumeSnapshot whether the operator creates the {@code VolumeSnapshot} too
 */
@RecordBuilder
@RecordBuilder.Options(addConcreteSettersForOptional = true)
public record DesiredContent(
        String snapshotHandle,
        String driver,
        Optional<String> sourceVolumeMode,
        Optional<String> className,
        String volumeSnapshotName,
        boolean createVolumeSnapshot) {
    public DesiredContent {
        Objects.requireNonNull(snapshotHandle);
        Objects.requireNonNull(driver);
        Objects.requireNonNull(volumeSnapshotName);
    }
}
