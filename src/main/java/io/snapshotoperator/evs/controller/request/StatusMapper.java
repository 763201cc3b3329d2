/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.api.model.Condition;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.FailedAttempt;
import io.snapshotoperator.evs.api.v1alpha1.request.FailedAttemptBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.snapshot.RecordedFailure;
import io.snapshotoperator.evs.snapshot.RecordedFailureBuilder;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.snapshot.RecordedStateBuilder;
import io.snapshotoperator.evs.snapshot.RecordedStateRecordedSnapshotBuilder;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.snapshot.StatusPatch;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Translates between the object as Kubernetes keeps it and what the rules know of it. Talks to nobody. */
public final class StatusMapper {
    private StatusMapper() {}

    /** What earlier passes wrote into this version of the object. */
    static RecordedState read(VolumeSnapshotRequest request) {
        var meta = request.getMetadata();
        var status = status(request);
        return RecordedStateBuilder.builder()
                .identity(owner(request))
                .generation(meta.getGeneration() == null ? 0 : meta.getGeneration())
                .createdAt(instant(meta.getCreationTimestamp()).orElse(Instant.EPOCH))
                .isDeleting(request.isMarkedForDeletion())
                .hasFinalizer(request.hasFinalizer(Api.FINALIZER))
                .intent(CreateIntentJson.read(request))
                .snapshot(held(status))
                .readyAt(instant(status.readyAt()))
                .failures(status.failedAttempts().stream()
                        .map(StatusMapper::attempt)
                        .toList())
                .reason(reason(status.conditions()))
                .duplicates(status.duplicateSnapshotIds().stream()
                        .map(SnapshotId::new)
                        .toList())
                .observedGeneration(status.observedGeneration() == null ? -1 : status.observedGeneration())
                .build();
    }

    static ObjectIdentity owner(VolumeSnapshotRequest request) {
        var meta = request.getMetadata();
        return new ObjectIdentity(meta.getUid(), meta.getNamespace(), meta.getName());
    }

    public static Optional<SnapshotId> recordedId(VolumeSnapshotRequest request) {
        return id(status(request).snapshotId(), SnapshotId::new);
    }

    /** The id of its snapshot, and those of what lies beside it. */
    static List<String> recordedIds(VolumeSnapshotRequest request) {
        var status = status(request);
        return Stream.concat(
                        Stream.ofNullable(status.snapshotId()),
                        Stream.ofNullable(status.duplicateSnapshotIds()).flatMap(List::stream))
                .toList();
    }

    private static Optional<RecordedState.RecordedSnapshot> held(VolumeSnapshotRequestStatus status) {
        return id(status.snapshotId(), SnapshotId::new).map(id -> RecordedStateRecordedSnapshotBuilder.builder()
                .id(id)
                .wireState(Optional.ofNullable(status.snapshotStatus()).orElse(""))
                .location(location(status))
                .volumeId(id(status.volumeId(), VolumeId::new))
                .name(Optional.ofNullable(status.snapshotName()))
                .build());
    }

    private static Optional<CloudLocation> location(VolumeSnapshotRequestStatus status) {
        return status.endpoint() == null || status.projectId() == null
                ? Optional.empty()
                : Optional.of(new CloudLocation(status.endpoint(), status.projectId()));
    }

    private static <T> Optional<T> id(String value, Function<String, T> of) {
        return Optional.ofNullable(value).filter(word -> !word.isBlank()).map(of);
    }

    private static Optional<Reason> reason(List<Condition> conditions) {
        return conditions.stream()
                .filter(condition -> Conditions.READY.equals(condition.getType()))
                .map(Condition::getReason)
                .findFirst()
                .flatMap(SnapshotReason::named);
    }

    private static RecordedFailure attempt(FailedAttempt written) {
        return RecordedFailureBuilder.builder()
                .at(instant(written.time()).orElse(Instant.EPOCH))
                .operation(Optional.ofNullable(written.operation()).orElse(""))
                .createId(Optional.ofNullable(written.createId()))
                .httpStatus(Optional.ofNullable(written.httpStatus()))
                .code(Optional.ofNullable(written.code()))
                .message(Optional.ofNullable(written.message()).orElse(""))
                .requestId(Optional.ofNullable(written.requestId()))
                // If the entry does not say, the operator assumes the worse case.
                .mayHaveActed(written.mayHaveActed() == null || written.mayHaveActed())
                .count(count(written))
                .build();
    }

    /** Tolerates a number that someone edited. */
    private static int count(FailedAttempt written) {
        return written.count() == null ? 1 : Math.max(1, written.count());
    }

    /** Lenient: a time that someone edited by hand must not stop a pass. */
    private static Optional<Instant> instant(String text) {
        try {
            return Optional.ofNullable(text).map(Instant::parse);
        } catch (DateTimeParseException notATime) {
            return Optional.empty();
        }
    }

    /** The status that follows from the one before and a page; equal to the one before when nothing changes. */
    static VolumeSnapshotRequestStatus apply(VolumeSnapshotRequest request, StatusPatch statusPatch, Instant now) {
        var before = status(request);
        var generation =
                Optional.ofNullable(request.getMetadata().getGeneration()).orElse(0L);
        var seen = statusPatch.snapshot();
        // A snapshot that is available and on its way out (deleted, replaced, not ours) was never ready by that.
        var ready = statusPatch.verdict().reason().phase() == Phase.READY;
        // The page that records an id is written with it, and once more at the end of the pass.
        var another = statusPatch.replaced()
                && seen.filter(snapshot -> !snapshot.id().value().equals(before.snapshotId()))
                        .isPresent();
        var next = VolumeSnapshotRequestStatusBuilder.builder(before)
                .observedGeneration(generation)
                .conditions(Conditions.next(before.conditions(), statusPatch.verdict(), generation, now));
        statusPatch.volumeId().map(VolumeId::value).ifPresent(next::volumeId);
        seen.ifPresent(snapshot -> copy(snapshot, next));
        statusPatch.cloudStatus().ifPresent(next::snapshotStatus);
        statusPatch.location().ifPresent(location -> next.projectId(location.projectId())
                .endpoint(location.endpoint()));
        statusPatch
                .duplicates()
                .ifPresent(ids -> next.duplicateSnapshotIds(
                        ids.stream().map(SnapshotId::value).toList()));
        statusPatch.failedAttempt().ifPresent(failure -> next.failedAttempts(append(before.failedAttempts(), failure)));
        if (ready && before.readyAt() == null) {
            next.readyAt(time(now));
        }
        if (another) {
            next.replacements(1 + Optional.ofNullable(before.replacements()).orElse(0));
        }
        return next.build();
    }

    /** Copies what the cloud reports. A value that the response lacks stays as it was. */
    private static void copy(CloudSnapshot snapshot, VolumeSnapshotRequestStatusBuilder status) {
        status.snapshotId(snapshot.id().value()).snapshotStatus(snapshot.wireState());
        snapshot.name().ifPresent(status::snapshotName);
        snapshot.volumeId().map(VolumeId::value).ifPresent(status::volumeId);
        snapshot.sizeGiB().ifPresent(status::sizeGiB);
        snapshot.createdAt().map(StatusMapper::time).ifPresent(status::createdAt);
        snapshot.updatedAt().map(StatusMapper::time).ifPresent(status::updatedAt);
    }

    /** Adds a failure as the newest entry. An equal earlier entry becomes part of it. */
    private static List<FailedAttempt> append(List<FailedAttempt> before, RecordedFailure failure) {
        var added = FailedAttemptBuilder.builder()
                .time(time(failure.at()))
                .operation(failure.operation())
                .createId(failure.createId().orElse(null))
                .httpStatus(failure.httpStatus().orElse(null))
                .code(failure.code().orElse(null))
                .message(failure.message())
                .requestId(failure.requestId().orElse(null))
                .mayHaveActed(failure.mayHaveActed())
                .build();
        var equal =
                before.stream().filter(earlier -> isSameFailure(earlier, added)).findFirst();
        var all = new ArrayList<>(before);
        equal.ifPresent(all::remove);
        all.add(equal.map(earlier -> FailedAttemptBuilder.builder(added)
                        .firstTime(Optional.ofNullable(earlier.firstTime()).orElse(earlier.time()))
                        .count(count(earlier) + 1)
                        .build())
                .orElse(added));
        while (all.size() > RecordedState.MAX_FAILURES) {
            all.remove(indexToDrop(all));
        }
        return List.copyOf(all);
    }

    /** Whether two failures differ at most in time and request id. */
    private static boolean isSameFailure(FailedAttempt one, FailedAttempt other) {
        return withoutTimes(one).equals(withoutTimes(other));
    }

    private static FailedAttempt withoutTimes(FailedAttempt failure) {
        return FailedAttemptBuilder.builder(failure)
                .time(null)
                .firstTime(null)
                .count(null)
                .requestId(null)
                .build();
    }

    /**
     * The oldest, but never the newest order to create: that it was refused is written nowhere else, and without it the
     * request would be uncertain an hour later.
     */
    private static int indexToDrop(List<FailedAttempt> all) {
        return all.get(0).createId() != null && all.stream().skip(1).allMatch(later -> later.createId() == null)
                ? 1
                : 0;
    }

    private static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static VolumeSnapshotRequestStatus status(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getStatus()).orElseGet(() -> VolumeSnapshotRequestStatusBuilder.builder()
                .observedGeneration(-1L)
                .build());
    }
}
