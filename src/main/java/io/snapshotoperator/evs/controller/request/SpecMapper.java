/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.FailurePolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.UserTexts;
import io.snapshotoperator.evs.snapshot.DesiredSnapshot;
import io.snapshotoperator.evs.snapshot.DesiredSnapshotBuilder;
import io.snapshotoperator.evs.snapshot.Source;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Maps the spec and the annotations to the desired snapshot, with the defaults that depend on several fields. It repeats the
 * checks of the schema, because an object can be older than the schema.
 */
final class SpecMapper {
    /** The default of the schema, for an object that is older than the schema. */
    private static final Duration READY_WITHIN = Duration.ofHours(1);

    private SpecMapper() {}

    /** The desired snapshot, or what is wrong with the spec. */
    sealed interface ParsedSpec {
        record Valid(DesiredSnapshot desired) implements ParsedSpec {}

        record Invalid(Verdict verdict) implements ParsedSpec {}
    }

    static ParsedSpec parse(VolumeSnapshotRequest request) {
        var spec = request.getSpec();
        if (spec == null || spec.source() == null) {
            return new ParsedSpec.Invalid(Verdict.of(CommonReason.InvalidRequest, "spec.source is missing."));
        }
        try {
            return new ParsedSpec.Valid(desired(spec, annotations(request)));
        } catch (IllegalArgumentException invalid) {
            return new ParsedSpec.Invalid(Verdict.of(CommonReason.InvalidRequest, invalid.getMessage()));
        }
    }

    private static DesiredSnapshot desired(VolumeSnapshotRequestSpec spec, Map<String, String> annotations) {
        var source = source(spec);
        var requests = UserTexts.requests(annotations);
        return DesiredSnapshotBuilder.builder()
                .source(source)
                .name(Optional.ofNullable(spec.name()))
                .description(Optional.ofNullable(spec.description()))
                // The volume of a mounted claim is attached, and the cloud rejects an attached volume without force.
                .force(spec.force() == null ? source instanceof Source.Claim : spec.force())
                .metadata(spec.metadata())
                .deletionPolicy(policy(spec, source))
                .readyWithin(UserTexts.duration("spec.readyWithin", spec.readyWithin())
                        .orElse(READY_WITHIN))
                .ttl(UserTexts.duration("spec.ttl", spec.ttl()))
                .maxAttempts(
                        spec.failurePolicy() == FailurePolicy.Replace
                                ? Optional.ofNullable(spec.maxAttempts()).orElse(1)
                                : 1)
                .paused("true".equals(annotations.get(Api.PAUSED)))
                .abandon(isAbandoned(annotations))
                .retryCreate(requests.retryCreate())
                .reconcileRequest(requests.reconcileRequest())
                .build();
    }

    /** Returns whether the annotation {@code abandon} is set. Works for an invalid request too. */
    static boolean isAbandoned(VolumeSnapshotRequest request) {
        return isAbandoned(annotations(request));
    }

    private static boolean isAbandoned(Map<String, String> annotations) {
        return "true".equals(annotations.get(Api.ABANDON));
    }

    /** Returns the snapshot that the request imports; empty if it imports none. Works for an invalid request too. */
    static Optional<SnapshotId> importedSnapshot(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getSpec())
                .map(VolumeSnapshotRequestSpec::source)
                .map(source -> source.snapshotId())
                .filter(id -> !id.isBlank())
                .map(SnapshotId::new);
    }

    private static Source source(VolumeSnapshotRequestSpec spec) {
        var source = spec.source();
        if (source.volumeId() != null) {
            return new Source.Volume(new VolumeId(source.volumeId()));
        }
        if (source.persistentVolumeClaimName() != null) {
            return new Source.Claim(source.persistentVolumeClaimName());
        }
        if (source.snapshotId() != null) {
            return new Source.ExistingSnapshot(new SnapshotId(source.snapshotId()));
        }
        throw new IllegalArgumentException(
                "spec.source must name exactly one of volumeId, persistentVolumeClaimName and snapshotId.");
    }

    /** The default of an import is Retain. A value that this version does not know is Retain too. */
    private static DesiredSnapshot.DeletionPolicy policy(VolumeSnapshotRequestSpec spec, Source source) {
        if (spec.deletionPolicy() == null) {
            return source instanceof Source.ExistingSnapshot
                    ? DesiredSnapshot.DeletionPolicy.RETAIN
                    : DesiredSnapshot.DeletionPolicy.DELETE;
        }
        return spec.deletionPolicy() == DeletionPolicy.Delete
                ? DesiredSnapshot.DeletionPolicy.DELETE
                : DesiredSnapshot.DeletionPolicy.RETAIN;
    }

    private static Map<String, String> annotations(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getMetadata().getAnnotations()).orElse(Map.of());
    }
}
