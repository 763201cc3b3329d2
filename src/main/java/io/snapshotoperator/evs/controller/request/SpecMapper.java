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
import io.snapshotoperator.evs.snapshot.DesiredSnapshot;
import io.snapshotoperator.evs.snapshot.DesiredSnapshotBuilder;
import io.snapshotoperator.evs.snapshot.Source;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the spec and the annotations into a wish, with the defaults that depend on more than one field. What the schema
 * refuses can still stand in an object that is older than the schema, or on an API server without one, so everything is
 * checked here too.
 */
final class SpecMapper {
    /** As in the schema; repeated for an API server that fills in no defaults. */
    private static final Duration READY_WITHIN = Duration.ofHours(1);

    private SpecMapper() {}

    /** A wish, or what is wrong with the spec. */
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
            return new ParsedSpec.Valid(wish(spec, annotations(request)));
        } catch (IllegalArgumentException invalid) {
            return new ParsedSpec.Invalid(Verdict.of(CommonReason.InvalidRequest, invalid.getMessage()));
        }
    }

    private static DesiredSnapshot wish(VolumeSnapshotRequestSpec spec, Map<String, String> annotations) {
        var source = source(spec);
        return DesiredSnapshotBuilder.builder()
                .source(source)
                .name(Optional.ofNullable(spec.name()))
                .description(Optional.ofNullable(spec.description()))
                // A mounted claim's disk is always attached, and the cloud refuses an attached disk without force.
                .force(spec.force() == null ? source instanceof Source.Claim : spec.force())
                .metadata(spec.metadata())
                .deletionPolicy(policy(spec, source))
                .readyWithin(duration("spec.readyWithin", spec.readyWithin()).orElse(READY_WITHIN))
                .ttl(duration("spec.ttl", spec.ttl()))
                .maxAttempts(
                        spec.failurePolicy() == FailurePolicy.Replace
                                ? Optional.ofNullable(spec.maxAttempts()).orElse(1)
                                : 1)
                .paused("true".equals(annotations.get(Api.PAUSED)))
                .abandon(isAbandoned(annotations))
                .retryCreate(Optional.ofNullable(annotations.get(Api.RETRY_CREATE)))
                .reconcileRequest(Optional.ofNullable(annotations.get(Api.RECONCILE_REQUESTED_AT)))
                .build();
    }

    /** Whether a person asked to let go of the object, whatever else stands on it. */
    static boolean isAbandoned(VolumeSnapshotRequest request) {
        return isAbandoned(annotations(request));
    }

    private static boolean isAbandoned(Map<String, String> annotations) {
        return "true".equals(annotations.get(Api.ABANDON));
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

    /** An import is kept unless its author says otherwise; a word of a later version deletes nothing. */
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

    private static Optional<Duration> duration(String field, String text) {
        if (text == null) {
            return Optional.empty();
        }
        // 1h30m is ISO 8601's PT1H30M.
        try {
            var duration = Duration.parse("PT" + text);
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException(field + " must be more than nothing, not " + text + ".");
            }
            return Optional.of(duration);
        } catch (java.time.format.DateTimeParseException notADuration) {
            throw new IllegalArgumentException(
                    field + " must be hours, minutes and seconds such as 1h30m, not " + text + ".", notADuration);
        }
    }

    private static Map<String, String> annotations(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getMetadata().getAnnotations()).orElse(Map.of());
    }
}
