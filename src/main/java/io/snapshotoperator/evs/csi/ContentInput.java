/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.csi;

import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything from which the operator decides about the content of one request.
 *
 * @param desired the content that the request is to have; empty if it is to have none, also because it is being deleted
 * @param snapshotId the snapshot that the request records; empty if it records none
 * @param binding the number of {@code content}, or of the next one if there is none
 * @param content the content with the name of {@code binding}
 * @param volumeSnapshot the {@code VolumeSnapshot} that {@code content} names; if there is no content, the desired one
 */
@RecordBuilder
@RecordBuilder.Options(addConcreteSettersForOptional = true)
public record ContentInput(
        ObjectIdentity request,
        Optional<String> snapshotId,
        Optional<DesiredContent> desired,
        int binding,
        Optional<ObservedContent> content,
        Optional<ObservedVolumeSnapshot> volumeSnapshot) {
    public ContentInput {
        Objects.requireNonNull(request);
        if (binding < 1) {
            throw new IllegalArgumentException("a binding must be at least 1");
        }
    }

    String contentName() {
        return ContentName.of(request.uid(), binding);
    }
}
