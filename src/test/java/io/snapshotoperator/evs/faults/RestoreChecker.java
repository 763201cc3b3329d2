/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.simulator.CallLogEntry;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.Job;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.testing.RestoreInputs;
import io.snapshotoperator.evs.testing.RestoreInvariants;
import io.snapshotoperator.evs.testing.RestoreInvariants.Copying;
import io.snapshotoperator.evs.testing.RestoreInvariants.ExecutedCreate;
import io.snapshotoperator.evs.testing.RestoreInvariants.RestoreState;
import io.snapshotoperator.evs.testing.RestoreInvariants.SnapshotDelete;
import io.snapshotoperator.evs.testing.SnapshotInvariants;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares the restores of a run with the promises. Each violation is a sentence. */
final class RestoreChecker {
    private final TestBed testBed;
    private final RestoresOfRun restores;
    private final Predicate<CallLogEntry> isLate;

    /** @param isLate whether a create request is late */
    RestoreChecker(TestBed testBed, RestoresOfRun restores, Predicate<CallLogEntry> isLate) {
        this.testBed = testBed;
        this.restores = restores;
        this.isLate = isLate;
    }

    private Stream<ScenarioRestore> applied() {
        return restores.all().stream().filter(ScenarioRestore::isApplied);
    }

    /** Checks every existing restore, and that each deleted one is gone with its volume, as its policy says. */
    List<String> checkObjects() {
        var invariants = RestoreInputs.of(testBed.cloud(), isLate);
        var objects = testBed
                .kubernetes()
                .resources(VolumeSnapshotRestore.class)
                .inNamespace(testBed.namespace())
                .list()
                .getItems()
                .stream()
                .collect(Collectors.toMap(object -> object.getMetadata().getName(), Function.identity()));
        return applied()
                .flatMap(restore -> {
                    var object = Optional.ofNullable(objects.get(restore.name()));
                    return (restore.isDeleted()
                                    ? checkDeleted(invariants, restore, object)
                                    : object.map(present -> checkExisting(invariants, restore, present))
                                            .orElseGet(() -> List.of(restore + " is gone, but no user deleted it")))
                            .stream()
                                    .map(violation -> violation + ": "
                                            + object.map(RestoreChecker::describe)
                                                    .orElse("gone"));
                })
                .toList();
    }

    private List<String> checkDeleted(
            RestoreInvariants invariants, ScenarioRestore restore, Optional<VolumeSnapshotRestore> object) {
        if (object.isPresent()) {
            return List.of(restore + " was deleted, but still exists");
        }
        var state = RestoreState.withoutStatus(restore.toString(), restore.uid());
        var violations = new ArrayList<>(invariants.remainingAreMarked(state));
        if (restore.isStripped()) {
            return violations;
        }
        var isLateOne = invariants.createsOf(restore.uid()).stream().anyMatch(ExecutedCreate::late);
        if (restore.scenario().policy() == DeletionPolicy.Retain
                || testBed.restores().isRemovedWithFinalizer(restore.uid())) {
            violations.addAll(invariants.retainsAtMostOne(state));
            if (!isLateOne) {
                var last = testBed.restores()
                        .last(restore.uid())
                        .map(version -> RestoreInputs.restore(restore.toString(), version))
                        .orElse(state);
                violations.addAll(invariants.leftoversNamed(last, testBed.eventMessages(restore.uid())));
            }
        } else if (!isLateOne) {
            violations.addAll(invariants.noLivingVolume(state));
        }
        return violations;
    }

    private List<String> checkExisting(
            RestoreInvariants invariants, ScenarioRestore restore, VolumeSnapshotRestore object) {
        var state = RestoreInputs.restore(restore.toString(), object);
        var violations = new ArrayList<>(checkReason(invariants, restore, state));
        if (invariants.createsOf(restore.uid()).isEmpty() || object.hasFinalizer(Api.FINALIZER)) {
            restore.recordFinalizerRestored();
        } else {
            violations.add(restore + " has no finalizer, so its deletion would forget the volume");
        }
        return violations;
    }

    private List<String> checkReason(RestoreInvariants invariants, ScenarioRestore restore, RestoreState state) {
        var reason = state.reason().flatMap(RestoreReason::named).orElse(null);
        var creates = invariants.createsOf(restore.uid());
        if (reason == RestoreReason.VolumeRestored) {
            return invariants.oneLivingVolume(state);
        }
        if (reason == RestoreReason.RestoreFailed && creates.stream().anyMatch(ExecutedCreate::failed)) {
            return invariants.leftoverRecorded(state);
        }
        // There is nothing to restore any more.
        var sourceIsGone = reason == RestoreReason.WaitingForRequest || reason == RestoreReason.SourceMissing;
        // The cloud does not say what becomes of a job that it forgot.
        var jobIsLost = reason == RestoreReason.RestoreOutcomeUnknown && isForgotten(restore);
        if (sourceIsGone && restore.source().isDeleted() || jobIsLost) {
            return invariants.noLivingVolume(state);
        }
        return List.of(restore + " did not end");
    }

    private boolean isForgotten(ScenarioRestore restore) {
        var creates = executed(restore).toList();
        var jobs = creates.stream().flatMap(create -> create.jobId().stream()).collect(Collectors.toSet());
        return testBed.cloud().callLog().calls().stream()
                .anyMatch(call -> call.faults().contains(Fault.JOB_FORGOTTEN)
                        && call.jobId().filter(jobs::contains).isPresent());
    }

    private Stream<CallLogEntry> executed(ScenarioRestore restore) {
        return testBed.cloud().callLog().actedOn(Operation.DISK_CREATE).stream()
                .filter(entry -> restore.uid().equals(entry.metadata().get(SnapshotInvariants.UID)));
    }

    /** Checks the create requests that the cloud executed, and the delete requests. */
    List<String> checkCallLog() {
        var invariants = RestoreInputs.of(testBed.cloud(), isLate);
        var violations = new ArrayList<String>();
        applied().forEach(restore -> {
            var state = RestoreState.withoutStatus(restore.toString(), restore.uid());
            Stream.of(
                            invariants.createdOnce(
                                    state,
                                    id -> !restore.wasWiped()
                                            && testBed.restores().recordsFailedJob(id)),
                            invariants.noCreateExecutedTwice(state),
                            invariants.createdOnlyAfterIntent(
                                    state,
                                    id -> testBed.recorder().sendableFrom(id).isPresent()))
                    .flatMap(List::stream)
                    .forEach(violations::add);
        });
        violations.addAll(invariants.foreignUnchanged(restores.foreign()));
        var created = testBed.cloud().callLog().actedOn(Operation.DISK_CREATE).stream()
                .flatMap(entry -> entry.volumeId().stream())
                .collect(Collectors.toSet());
        violations.addAll(RestoreInvariants.foreignNotCalled(
                testBed.cloud().callLog().calls(Operation.DISK_DELETE).stream()
                        .flatMap(entry -> entry.volumeId().stream())
                        .toList(),
                created::contains));
        violations.addAll(RestoreInvariants.sourceKept(copies(), snapshotDeletes()));
        return violations;
    }

    /** A restore that a user deleted, or whose annotations a user removed, does not protect its snapshot. */
    private List<Copying> copies() {
        Map<String, Job> jobs =
                testBed.cloud().jobs().all().stream().collect(Collectors.toMap(Job::id, Function.identity()));
        return applied()
                .filter(restore -> !restore.isDeleted() && !restore.wasStripped())
                .flatMap(restore -> executed(restore)
                        .filter(isLate.negate())
                        .flatMap(entry -> entry
                                .jobId()
                                .flatMap(id -> Optional.ofNullable(jobs.get(id)))
                                .flatMap(Job::endedAt)
                                .map(end -> new Copying(
                                        restore.toString(),
                                        entry.snapshotId().orElseThrow(),
                                        entry.actedAt().orElseThrow(),
                                        end))
                                .stream()))
                .toList();
    }

    private List<SnapshotDelete> snapshotDeletes() {
        return testBed.cloud().callLog().actedOn(Operation.DELETE).stream()
                .map(entry -> new SnapshotDelete(
                        entry.snapshotId().orElse(""), entry.actedAt().orElseThrow()))
                .toList();
    }

    int lateCreates() {
        return (int) applied().flatMap(this::executed).filter(isLate).count();
    }

    /** Returns the calls about volumes of this restore, and the last version of the object. */
    String calls(ScenarioRestore restore, Instant startedAt) {
        var ids = executed(restore)
                .flatMap(entry -> Stream.concat(entry.volumeId().stream(), entry.jobId().stream()))
                .collect(Collectors.toSet());
        var calls = testBed.cloud().callLog().calls().stream()
                .filter(entry -> restore.uid().equals(entry.metadata().get(SnapshotInvariants.UID))
                        || entry.volumeId().filter(ids::contains).isPresent()
                        || entry.jobId().filter(ids::contains).isPresent())
                .map(entry -> entry.operation() + " at "
                        + (entry.at().toEpochMilli() - startedAt.toEpochMilli()) + " ms " + entry.status() + " "
                        + entry.faults()
                        + entry.actedAt()
                                .map(at -> " acted at " + (at.toEpochMilli() - startedAt.toEpochMilli()))
                                .orElse(""))
                .toList();
        return calls + "\n    last: "
                + testBed.restores()
                        .last(restore.uid())
                        .map(RestoreChecker::describe)
                        .orElse("none");
    }

    private static String describe(VolumeSnapshotRestore object) {
        return object.getStatus() + ", finalizers " + object.getMetadata().getFinalizers() + ", annotations "
                + object.getMetadata().getAnnotations() + ", deleted at "
                + object.getMetadata().getDeletionTimestamp();
    }
}
