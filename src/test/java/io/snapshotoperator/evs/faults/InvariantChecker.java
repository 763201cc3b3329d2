/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import io.fabric8.kubernetes.api.model.Condition;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.faults.ScenarioRequest.Scenario;
import io.snapshotoperator.evs.simulator.CallLogEntry;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.testing.InvariantInputs;
import io.snapshotoperator.evs.testing.SnapshotInvariants;
import io.snapshotoperator.evs.testing.SnapshotInvariants.LivingSnapshot;
import io.snapshotoperator.evs.testing.SnapshotInvariants.RequestState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares the result of a run with the promises. Each violation is a sentence. */
final class InvariantChecker {
    /** Mutating calls that name a snapshot. */
    private static final Set<Operation> MUTATING =
            EnumSet.of(Operation.DELETE, Operation.UPDATE, Operation.METADATA_WRITE, Operation.METADATA_DELETE);

    private final TestBed testBed;
    private final List<ScenarioRequest> requests;
    private final List<LivingSnapshot> foreign;
    private final Instant startedAt;

    /** @param startedAt when the first request was applied */
    InvariantChecker(TestBed testBed, List<ScenarioRequest> requests, List<LivingSnapshot> foreign, Instant startedAt) {
        this.testBed = testBed;
        this.requests = requests;
        this.foreign = foreign;
        this.startedAt = startedAt;
    }

    /** Checks every existing request, and that each deleted one is gone with its snapshot. */
    List<String> checkExisting() {
        List<String> violations = new ArrayList<>();
        var invariants = invariants();
        var objects = testBed
                .kubernetes()
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(testBed.namespace())
                .list()
                .getItems()
                .stream()
                .collect(Collectors.toMap(object -> object.getMetadata().getName(), Function.identity()));
        for (var request : requests) {
            var object = Optional.ofNullable(objects.get(request.name()));
            violations.addAll(checkPreviousObjects(invariants, request));
            if (request.isDeleted()) {
                violations.addAll(checkDeletedRequest(invariants, request, object));
            } else if (object.isEmpty()) {
                violations.add(request + " is gone, but no user deleted it");
            } else {
                checkExistingRequest(invariants, request, object.get())
                        .forEach(violation -> violations.add(violation + ": " + describe(object.get())));
            }
        }
        return violations;
    }

    /** Checks the run after all requests were deleted. */
    List<String> checkDeleted() {
        return checkExisting();
    }

    private List<String> checkPreviousObjects(SnapshotInvariants invariants, ScenarioRequest request) {
        List<String> violations = new ArrayList<>();
        for (var uid : request.previousUids()) {
            var state = RequestState.withoutStatus(request + ", earlier " + uid, uid);
            violations.addAll(invariants.remainingAreMarked(state));
            if (lateCreates(uid) == 0) {
                violations.addAll(nothingLeftUnnamed(invariants, state));
            }
        }
        return violations;
    }

    private List<String> checkDeletedRequest(
            SnapshotInvariants invariants, ScenarioRequest request, Optional<VolumeSnapshotRequest> object) {
        List<String> violations = new ArrayList<>();
        object.ifPresent(present -> violations.add(request + " was deleted, but still exists: " + describe(present)));
        var state = RequestState.withoutStatus(request.toString(), request.uid());
        violations.addAll(invariants.remainingAreMarked(state));
        if (request.is(Scenario.RETAINED)) {
            violations.addAll(invariants.retainsAtMostOne(state));
        } else if (object.isEmpty() && !request.isStripped() && lateCreates(request.uid()) == 0) {
            violations.addAll(nothingLeftUnnamed(invariants, state));
        }
        return violations;
    }

    /** Nothing is left of a deleted request; if the API server removed it in spite of the finalizer, an event names what is left. */
    private List<String> nothingLeftUnnamed(SnapshotInvariants invariants, RequestState state) {
        return testBed.recorder().isRemovedWithFinalizer(state.uid())
                ? invariants.leftoversNamed(state, testBed.eventMessages(state.uid()))
                : invariants.noLivingSnapshot(state);
    }

    private List<String> checkExistingRequest(
            SnapshotInvariants invariants, ScenarioRequest request, VolumeSnapshotRequest object) {
        var state = InvariantInputs.request(request.toString(), object);
        List<String> violations = new ArrayList<>();
        switch (request.scenario()) {
            case SPOILED, SHARED -> violations.addAll(hasReason(request, object, "SnapshotFailed"));
            case MISSING -> violations.addAll(hasReason(request, object, "SnapshotMissing"));
            default -> {
                if (!state.ready()) {
                    violations.add(request + " did not become ready");
                }
            }
        }
        switch (request.scenario()) {
            case IMPORTED, FORGED, SHARED, GUARDED -> {
                if (!state.recordedId().equals(Optional.of(request.importedId()))) {
                    violations.add(request + " did not import " + request.importedId());
                }
                violations.addAll(invariants.noLivingSnapshot(state));
            }
            case MISSING -> violations.addAll(invariants.onlyLateDuplicates(state));
            default -> violations.addAll(invariants.oneLivingSnapshot(state));
        }
        if (!request.is(Scenario.MISSING)) {
            violations.addAll(invariants.duplicatesListed(state));
        }
        if (request.is(Scenario.RENAMED)) {
            invariants.livingOf(request.uid()).stream()
                    .filter(snapshot -> !snapshot.name().equals("renamed"))
                    .forEach(snapshot -> violations.add(request + " has the name " + snapshot.name()));
        }
        if (!object.hasFinalizer(Api.FINALIZER)) {
            violations.add(request + " has no finalizer, so its deletion would leave the snapshot");
        } else {
            request.recordFinalizerRestored();
        }
        return violations;
    }

    private static List<String> hasReason(ScenarioRequest request, VolumeSnapshotRequest object, String reason) {
        return InvariantInputs.condition(object, "Ready")
                        .filter(condition ->
                                "False".equals(condition.getStatus()) && reason.equals(condition.getReason()))
                        .isPresent()
                ? List.of()
                : List.of(request + " does not report " + reason);
    }

    /** Checks the create requests that the cloud executed, and the mutating calls for foreign snapshots. */
    List<String> checkCallLog() {
        List<String> violations = new ArrayList<>(testBed.recorder().violations());
        var invariants = invariants();
        for (var request : requests) {
            for (var uid : uids(request)) {
                var state = RequestState.withoutStatus(request.toString(), uid);
                Stream.of(
                                invariants.createdOnce(state, 0),
                                invariants.noCreateExecutedTwice(state),
                                invariants.createdOnlyAfterIntent(state, id -> testBed.recorder()
                                        .sendableFrom(id)
                                        .isPresent()),
                                invariants.recordsOneId(
                                        state, testBed.recorder().recordedIds(uid)))
                        .flatMap(List::stream)
                        .forEach(violation -> violations.add(violation + ": " + creates(uid)));
            }
        }
        violations.addAll(invariants.foreignUnchanged(foreign));
        violations.addAll(SnapshotInvariants.foreignNotCalled(
                foreign,
                testBed.cloud().callLog().calls(call -> MUTATING.contains(call.operation())).stream()
                        .flatMap(call -> call.snapshotId().stream())
                        .toList()));
        return violations;
    }

    int lateCreates() {
        return requests.stream()
                .flatMap(request -> uids(request).stream())
                .mapToInt(this::lateCreates)
                .sum();
    }

    private int lateCreates(String uid) {
        return (int) executed(uid).stream().filter(this::isLate).count();
    }

    private static List<String> uids(ScenarioRequest request) {
        return Stream.concat(Stream.of(request.uid()), request.previousUids().stream())
                .toList();
    }

    private SnapshotInvariants invariants() {
        return InvariantInputs.of(testBed.cloud(), this::isLate);
    }

    /** Whether the cloud executed it at least the settle time after the operator could have sent it. */
    boolean isLate(CallLogEntry entry) {
        return testBed.recorder()
                .sendableFrom(createId(entry))
                .filter(from -> Duration.between(from, entry.actedAt().orElse(entry.at()))
                                .compareTo(testBed.settleTime())
                        >= 0)
                .isPresent();
    }

    private List<CallLogEntry> executed(String uid) {
        return testBed.cloud().callLog().createsActedOn().stream()
                .filter(entry -> uid.equals(entry.metadata().get(SnapshotInvariants.UID)))
                .toList();
    }

    private static String createId(CallLogEntry entry) {
        return entry.metadata().getOrDefault(SnapshotInvariants.CREATE_ID, "");
    }

    private String creates(String uid) {
        return executed(uid).stream()
                .map(entry -> createId(entry) + " sendable from "
                        + testBed.recorder()
                                .sendableFrom(createId(entry))
                                .map(this::sinceStart)
                                .orElse("never")
                        + ", arrived " + sinceStart(entry.at()) + ", executed "
                        + entry.actedAt().map(this::sinceStart).orElse("never") + ", response " + entry.status() + " "
                        + entry.faults())
                .collect(Collectors.joining("; "));
    }

    /** Returns all calls of the cloud's log that name a snapshot of this object, or created one. */
    String calls(String uid) {
        var ids = testBed.cloud().callLog().createsActedOn().stream()
                .filter(entry -> uid.equals(entry.metadata().get(SnapshotInvariants.UID)))
                .flatMap(entry -> entry.snapshotId().stream())
                .collect(Collectors.toSet());
        var others =
                testBed
                        .cloud()
                        .callLog()
                        .calls(call -> call.snapshotId().filter(ids::contains).isPresent())
                        .stream()
                        .map(call -> call.operation() + " at " + sinceStart(call.at()) + ", response " + call.status()
                                + " " + call.faults())
                        .toList();
        return "created: " + creates(uid) + "; calls: " + others;
    }

    private String sinceStart(Instant when) {
        return Duration.between(startedAt, when).toMillis() + " ms";
    }

    private static String describe(VolumeSnapshotRequest object) {
        return Optional.ofNullable(object.getStatus())
                        .map(status -> describe(object, status))
                        .orElse("no status")
                + ", finalizers " + object.getMetadata().getFinalizers() + ", deleted at "
                + object.getMetadata().getDeletionTimestamp();
    }

    private static String describe(VolumeSnapshotRequest object, VolumeSnapshotRequestStatus status) {
        return "id " + status.snapshotId() + ", " + status.snapshotStatus() + ", "
                + InvariantInputs.condition(object, "Ready")
                        .map(Condition::getReason)
                        .orElse("no reason")
                + ", duplicates " + status.duplicateSnapshotIds() + ", failed attempts " + status.failedAttempts();
    }
}
