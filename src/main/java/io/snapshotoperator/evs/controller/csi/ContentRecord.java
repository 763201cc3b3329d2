/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.csi;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatusBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.ResourceWriter;
import io.snapshotoperator.evs.csi.ContentDecision;
import io.snapshotoperator.evs.csi.ContentInput;
import io.snapshotoperator.evs.csi.ContentName;
import io.snapshotoperator.evs.csi.DesiredContent;
import java.util.Optional;

/**
 * Writes what a request records about its content: {@code status.volumeSnapshotContent} and the finalizer. It leaves everything else in
 * the status as it is. Not for use by several threads.
 */
final class ContentRecord {
    private final ResourceWriter<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> writer;
    private Optional<Integer> last;
    private Optional<DesiredContent> desired = Optional.empty();

    ContentRecord(ResourceWriter<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> writer) {
        this.writer = writer;
        this.last = SnapshotContentExtension.recorded(writer.resource()).map(SnapshotContentStatus::binding);
    }

    /** Returns the version that was read or written last. */
    VolumeSnapshotRequest request() {
        return writer.resource();
    }

    /** Returns the number of the last content; zero if there was none. Empty if the status does not tell. */
    Optional<Integer> last() {
        return last;
    }

    /** Whether the deletion of the request waits for its content. */
    boolean isHeld() {
        return request().hasFinalizer(Api.CONTENT_FINALIZER);
    }

    /** Whether the request can have a content. An editor can remove the finalizer, but not the name in the status. */
    boolean mayHaveContent() {
        return isHeld()
                || SnapshotContentExtension.recorded(request())
                        .map(SnapshotContentStatus::name)
                        .isPresent();
    }

    /** Remembers what was observed, for the next report. */
    void observed(ContentInput input, Optional<DesiredContent> wanted) {
        desired = wanted;
        last = Optional.of(input.content().isPresent() ? input.binding() : input.binding() - 1);
    }

    /** Makes the deletion of the request wait for its content. Must precede the creation of one. */
    void hold() {
        if (!isHeld()) {
            writer.addFinalizer(Api.CONTENT_FINALIZER);
        }
    }

    /** Says that this content exists now. */
    void created(String name) {
        last = Optional.of(ContentName.binding(request().getMetadata().getUid(), name));
    }

    /** Says that nothing of the request is left. */
    void release() {
        if (isHeld()) {
            writer.removeFinalizer(Api.CONTENT_FINALIZER);
        }
        // An object that is being deleted is gone now, or is reported by its conditions.
        if (!request().isMarkedForDeletion()
                && SnapshotContentExtension.recorded(request()).isPresent()) {
            write(null);
        }
    }

    /** Reports a problem, which changes nothing that is known about the content. */
    void report(Verdict verdict) {
        report(verdict, SnapshotContentExtension.recorded(request()).map(SnapshotContentStatusBuilder::builder));
    }

    void report(ContentDecision decision) {
        var next = SnapshotContentExtension.recorded(request())
                .map(SnapshotContentStatusBuilder::builder)
                .orElseGet(SnapshotContentStatusBuilder::builder)
                .boundTo(decision.boundTo().orElse(null))
                .readyToUse(decision.readyToUse() ? true : null);
        report(decision.verdict().orElseThrow(), Optional.of(next));
    }

    private void report(Verdict verdict, Optional<SnapshotContentStatusBuilder> known) {
        var before = SnapshotContentExtension.recorded(request());
        var next = known.orElseGet(SnapshotContentStatusBuilder::builder)
                .reason(verdict.reason().name())
                .message(verdict.message())
                .binding(last.orElse(null));
        last.filter(number -> number > 0)
                .map(number -> ContentName.of(request().getMetadata().getUid(), number))
                .ifPresent(next::name);
        desired.ifPresent(content -> next.driver(content.driver())
                .sourceVolumeMode(content.sourceVolumeMode().orElse(null)));
        write(next.build());
        var isNew = before.filter(
                        content -> content.reason().equals(verdict.reason().name()))
                .isEmpty();
        if (isNew && verdict.reason().phase() == Phase.STALLED) {
            writer.recordEvent(verdict);
        }
    }

    private void write(SnapshotContentStatus content) {
        writer.patchStatus(request -> Optional.ofNullable(request.getStatus())
                .map(VolumeSnapshotRequestStatusBuilder::builder)
                .orElseGet(() -> VolumeSnapshotRequestStatusBuilder.builder().observedGeneration(-1L))
                .volumeSnapshotContent(content)
                .build());
    }
}
