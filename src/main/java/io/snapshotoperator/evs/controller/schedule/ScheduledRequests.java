/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.schedule;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.FailurePolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.api.v1alpha1.schedule.RequestTemplate;
import io.snapshotoperator.evs.api.v1alpha1.schedule.RequestsPolicy;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SnapshotContentTemplate;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.RetryMode;
import io.snapshotoperator.evs.retention.Candidate;
import io.snapshotoperator.evs.retention.Candidate.State;
import io.snapshotoperator.evs.schedule.Child;
import io.snapshotoperator.evs.schedule.ChildName;
import io.snapshotoperator.evs.schedule.ScheduleDecision.NewChild;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Makes the requests of a schedule, and recognizes them. */
final class ScheduledRequests {
    /** Slots are wanted for their snapshots, so a snapshot that ends in an error is replaced. */
    private static final int MAX_ATTEMPTS = 3;

    private static final int MAX_LABEL = 63;

    /** What a request reports that had a good snapshot and has none any more. */
    private static final Set<Reason> LOST = Set.of(SnapshotReason.SnapshotFailed, SnapshotReason.SnapshotMissing);

    /** With these reasons, a request without a snapshot creates none until a user changes it. */
    private static final Set<Reason> AWAITS_USER = Set.of(
            SnapshotReason.CreateOutcomeUnknown,
            CommonReason.CreateIntentInvalid,
            CommonReason.ClaimUnusable,
            CommonReason.ClaimChanged);

    private ScheduledRequests() {}

    /**
     * Returns the request for a slot and source. It gets no label or annotation of the schedule: a tool that marks its objects with
     * them would delete the request as one that is not in Git.
     */
    static VolumeSnapshotRequest create(VolumeSnapshotSchedule schedule, NewChild child) {
        var owner = schedule.getMetadata();
        var metadata = new ObjectMetaBuilder()
                .withNamespace(owner.getNamespace())
                .withName(child.name())
                .addToLabels(Api.SCHEDULE_UID, owner.getUid())
                .addToAnnotations(Api.SLOT, child.slot().toString());
        if (owner.getName().length() <= MAX_LABEL) {
            metadata.addToLabels(Api.SCHEDULE, owner.getName());
        }
        if (schedule.getSpec().requestsPolicy() == RequestsPolicy.Delete) {
            metadata.addToOwnerReferences(new OwnerReferenceBuilder()
                    .withApiVersion(schedule.getApiVersion())
                    .withKind(schedule.getKind())
                    .withName(owner.getName())
                    .withUid(owner.getUid())
                    .withController(true)
                    .build());
        }
        var request = new VolumeSnapshotRequest();
        request.setMetadata(metadata.build());
        request.setSpec(spec(
                Optional.ofNullable(schedule.getSpec().template()).orElse(RequestTemplate.DEFAULT),
                child.source().claim()
                        ? SnapshotSource.ofClaim(child.source().key())
                        : SnapshotSource.ofVolume(child.source().key())));
        return request;
    }

    private static VolumeSnapshotRequestSpec spec(RequestTemplate template, SnapshotSource source) {
        var keeps = template.failurePolicy() != null && template.failurePolicy() != FailurePolicy.Replace;
        return VolumeSnapshotRequestSpecBuilder.builder()
                .source(source)
                .description(template.description())
                .force(template.force())
                .metadata(template.metadata())
                .deletionPolicy(template.deletionPolicy())
                .readyWithin(template.readyWithin())
                .failurePolicy(keeps ? FailurePolicy.Keep : FailurePolicy.Replace)
                .maxAttempts(
                        keeps
                                ? null
                                : Optional.ofNullable(template.maxAttempts()).orElse(MAX_ATTEMPTS))
                .connectionRef(template.connectionRef())
                .volumeSnapshotContent(content(template.volumeSnapshotContent()))
                .build();
    }

    /**
     * Returns the request as a child of the schedule; empty if the schedule did not create it. Everyone who can edit requests can
     * set labels and annotations, so the name must also be the one that the schedule computes.
     *
     * @param isImported whether another request imports the snapshot with this id
     */
    static Optional<Child> read(
            VolumeSnapshotSchedule schedule, VolumeSnapshotRequest request, Predicate<String> isImported) {
        var owner = schedule.getMetadata();
        var meta = request.getMetadata();
        var source = Optional.ofNullable(request.getSpec())
                .map(VolumeSnapshotRequestSpec::source)
                .map(from -> from.volumeId() == null ? from.persistentVolumeClaimName() : from.volumeId());
        var slot = slot(request);
        if (source.isEmpty()
                || slot.isEmpty()
                || !owner.getUid().equals(scheduleUid(request).orElse(""))
                || !meta.getName().equals(ChildName.of(owner.getName(), owner.getUid(), source.get(), slot.get()))) {
            return Optional.empty();
        }
        var snapshotId = Optional.ofNullable(request.getStatus()).map(VolumeSnapshotRequestStatus::snapshotId);
        var state = state(request);
        var candidate = new Candidate(
                meta.getName(),
                slot.get(),
                Optional.ofNullable(request.getStatus())
                        .map(VolumeSnapshotRequestStatus::volumeId)
                        .orElse(""),
                state,
                snapshotId.filter(isImported).isPresent() || isBoundByUser(request),
                "true".equals(annotations(request).get(Api.HOLD)));
        var missing = reason(request)
                .filter(SnapshotReason.SnapshotMissing.name()::equals)
                .isPresent();
        return Optional.of(new Child(
                candidate,
                meta.getUid(),
                source.get(),
                !missing && (state == State.IN_FLIGHT || snapshotId.isPresent()),
                state == State.FAILED
                        && snapshotId.isEmpty()
                        && reason(request)
                                .filter(CommonReason.QuotaExceeded.name()::equals)
                                .isPresent(),
                state == State.FAILED
                        && snapshotId.isEmpty()
                        && reason(request)
                                .flatMap(SnapshotReason::named)
                                .filter(ScheduledRequests::isRetried)
                                .isPresent(),
                missing));
    }

    private static boolean isRetried(Reason reason) {
        return reason.retryMode() != RetryMode.ON_SPEC_CHANGE && !AWAITS_USER.contains(reason);
    }

    private static SnapshotContentSpec content(SnapshotContentTemplate template) {
        return template == null
                ? null
                : SnapshotContentSpecBuilder.builder()
                        .className(template.className())
                        .driver(template.driver())
                        .createVolumeSnapshot(template.createVolumeSnapshot())
                        .build();
    }

    /**
     * Whether a VolumeSnapshot of a user uses the snapshot. The operator learns this late, but a deletion waits until it is not used.
     * One that the operator creates is bound as long as the request exists, so it must not keep the request.
     */
    private static boolean isBoundByUser(VolumeSnapshotRequest request) {
        var createsOwn = Optional.ofNullable(request.getSpec().volumeSnapshotContent())
                .filter(content -> Boolean.TRUE.equals(content.createVolumeSnapshot()))
                .isPresent();
        return !createsOwn
                && Optional.ofNullable(request.getStatus())
                        .map(VolumeSnapshotRequestStatus::volumeSnapshotContent)
                        .map(SnapshotContentStatus::boundTo)
                        .isPresent();
    }

    static Optional<String> scheduleUid(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getMetadata().getLabels()).map(labels -> labels.get(Api.SCHEDULE_UID));
    }

    private static Optional<Instant> slot(VolumeSnapshotRequest request) {
        try {
            return Optional.ofNullable(annotations(request).get(Api.SLOT)).map(Instant::parse);
        } catch (DateTimeParseException edited) {
            return Optional.empty();
        }
    }

    private static Map<String, String> annotations(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getMetadata().getAnnotations()).orElseGet(HashMap::new);
    }

    private static State state(VolumeSnapshotRequest request) {
        if (request.isMarkedForDeletion()) {
            return State.DELETING;
        }
        var reason = reason(request).flatMap(SnapshotReason::named);
        if (reason.filter(known -> known.phase() == Phase.READY).isPresent()) {
            return State.READY;
        }
        var wasReady = Optional.ofNullable(request.getStatus())
                .map(VolumeSnapshotRequestStatus::readyAt)
                .isPresent();
        if (wasReady && reason.filter(LOST::contains).isEmpty()) {
            // For example its connection now leads to another project. The snapshot itself is probably still good.
            return State.UNCERTAIN;
        }
        // A snapshot that takes longer than readyWithin is reported as stalled, and can still become available.
        var creating = Optional.ofNullable(request.getStatus())
                .map(VolumeSnapshotRequestStatus::snapshotStatus)
                .filter("creating"::equals)
                .isPresent();
        return !creating
                        && reason.filter(known -> known.phase() == Phase.STALLED)
                                .isPresent()
                ? State.FAILED
                : State.IN_FLIGHT;
    }

    private static Optional<String> reason(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getStatus()).flatMap(status -> Conditions.readyReason(status.conditions()));
    }
}
