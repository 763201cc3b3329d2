/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.csi;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Objects;
import java.util.Optional;

/**
 * A {@code VolumeSnapshotContent} as the API server showed it. Texts that it lacks are empty.
 *
 * @param requestUid the label with the UID of a request
 * @param boundUid the UID of the {@code VolumeSnapshot} to which it is bound; empty if it is not bound
 * @param readyToUse whether the CSI driver reported that a volume can be created from it
 */
@RecordBuilder
@RecordBuilder.Options(addConcreteSettersForOptional = true)
public record ObservedContent(
        String name,
        String resourceVersion,
        String requestUid,
        String driver,
        String snapshotHandle,
        String deletionPolicy,
        Optional<String> className,
        String volumeSnapshotNamespace,
        String volumeSnapshotName,
        Optional<String> boundUid,
        boolean readyToUse,
        boolean deleting) {
    /** The policy of every content of the operator: external-snapshotter must never delete a snapshot of the operator. */
    public static final String RETAIN = "Retain";

    public ObservedContent {
        Objects.requireNonNull(name);
        Objects.requireNonNull(resourceVersion);
    }

    /**
     * Whether the operator created it for this request. Only administrators and the operator can write contents, so the label
     * is trusted. The other fields show a content that an administrator made by copying one.
     */
    boolean belongsTo(ContentInput input) {
        return requestUid.equals(input.request().uid())
                && volumeSnapshotNamespace.equals(input.request().namespace())
                && input.snapshotId().filter(id -> !id.equals(snapshotHandle)).isEmpty()
                && deletionPolicy.equals(RETAIN);
    }

    /** Whether the user can get what is desired with this content. */
    boolean fits(DesiredContent desired) {
        return snapshotHandle.equals(desired.snapshotHandle())
                && driver.equals(desired.driver())
                && className.equals(desired.className())
                && volumeSnapshotName.equals(desired.volumeSnapshotName());
    }
}
