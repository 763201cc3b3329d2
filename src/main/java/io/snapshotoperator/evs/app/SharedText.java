/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import com.fasterxml.jackson.databind.util.StdConverter;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.snapshotoperator.evs.api.v1alpha1.FailedAttempt;
import io.snapshotoperator.evs.api.v1alpha1.FailedAttemptBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatusBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Replaces the texts of one request by equal ones that are in memory already. The JSON parser makes a new text for each value,
 * so thousands of requests would contain thousands of copies of the same condition messages. The request stays equal to what
 * it was.
 *
 * <ul>
 *   <li>Texts that many requests have in common, and names and UIDs, are interned by the JVM. Poller, create guard and the
 *       framework keep names and UIDs longer than the version of the request from which they got them. The JVM drops an
 *       interned text when nothing refers to it, so a user cannot fill the table with more than what the cache contains.
 *   <li>Other texts, such as volume id and times, are shared within the request only.
 * </ul>
 */
final class SharedText {
    /** Lets Jackson share the texts of each request that it reads. */
    static final class Converter extends StdConverter<VolumeSnapshotRequest, VolumeSnapshotRequest> {
        @Override
        public VolumeSnapshotRequest convert(VolumeSnapshotRequest request) {
            if (request != null) {
                new SharedText().shareIn(request);
            }
            return request;
        }
    }

    private final Map<String, String> own = new HashMap<>();

    private SharedText() {}

    private void shareIn(VolumeSnapshotRequest request) {
        Optional.ofNullable(request.getMetadata()).ifPresent(this::shareIn);
        Optional.ofNullable(request.getSpec()).map(this::shared).ifPresent(request::setSpec);
        Optional.ofNullable(request.getStatus()).map(this::shared).ifPresent(request::setStatus);
    }

    private void shareIn(ObjectMeta metadata) {
        metadata.setNamespace(interned(metadata.getNamespace()));
        metadata.setName(interned(metadata.getName()));
        metadata.setUid(interned(metadata.getUid()));
        metadata.setCreationTimestamp(shared(metadata.getCreationTimestamp()));
        metadata.setDeletionTimestamp(shared(metadata.getDeletionTimestamp()));
        // Mutable, because finalizers are added to this list.
        Optional.ofNullable(metadata.getFinalizers())
                .map(finalizers -> new ArrayList<>(
                        finalizers.stream().map(SharedText::interned).toList()))
                .ifPresent(metadata::setFinalizers);
    }

    private VolumeSnapshotRequestSpec shared(VolumeSnapshotRequestSpec spec) {
        Optional.ofNullable(spec.source()).ifPresent(source -> {
            shared(source.volumeId());
            shared(source.snapshotId());
        });
        return VolumeSnapshotRequestSpecBuilder.builder(spec)
                .name(shared(spec.name()))
                .readyWithin(interned(spec.readyWithin()))
                .ttl(interned(spec.ttl()))
                .build();
    }

    private VolumeSnapshotRequestStatus shared(VolumeSnapshotRequestStatus status) {
        status.conditions().forEach(this::shareIn);
        return VolumeSnapshotRequestStatusBuilder.builder(status)
                .snapshotId(shared(status.snapshotId()))
                .snapshotStatus(interned(status.snapshotStatus()))
                .snapshotName(shared(status.snapshotName()))
                .volumeId(shared(status.volumeId()))
                .createdAt(shared(status.createdAt()))
                .updatedAt(shared(status.updatedAt()))
                .projectId(interned(status.projectId()))
                .endpoint(interned(status.endpoint()))
                .readyAt(shared(status.readyAt()))
                .failedAttempts(
                        status.failedAttempts().stream().map(this::shared).toList())
                .volumeSnapshotContent(
                        status.volumeSnapshotContent() == null ? null : shared(status.volumeSnapshotContent()))
                .build();
    }

    private SnapshotContentStatus shared(SnapshotContentStatus content) {
        return SnapshotContentStatusBuilder.builder(content)
                .driver(interned(content.driver()))
                .sourceVolumeMode(interned(content.sourceVolumeMode()))
                .boundTo(interned(content.boundTo()))
                .reason(interned(content.reason()))
                .message(interned(content.message()))
                .build();
    }

    private void shareIn(Condition condition) {
        condition.setType(interned(condition.getType()));
        condition.setStatus(interned(condition.getStatus()));
        condition.setReason(interned(condition.getReason()));
        condition.setMessage(interned(condition.getMessage()));
        condition.setLastTransitionTime(shared(condition.getLastTransitionTime()));
        if (condition.getAdditionalProperties().isEmpty()) {
            condition.setAdditionalProperties(Map.of());
        }
    }

    private FailedAttempt shared(FailedAttempt attempt) {
        return FailedAttemptBuilder.builder(attempt)
                .time(shared(attempt.time()))
                .firstTime(shared(attempt.firstTime()))
                .operation(interned(attempt.operation()))
                .createId(shared(attempt.createId()))
                .code(interned(attempt.code()))
                .message(interned(attempt.message()))
                .build();
    }

    private String shared(String text) {
        return text == null ? null : own.computeIfAbsent(text, first -> first);
    }

    private static String interned(String text) {
        return text == null ? null : text.intern();
    }
}
