/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.UserRequests;
import io.snapshotoperator.evs.faults.ScenarioRequest.Scenario;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.testing.InvariantInputs;
import io.snapshotoperator.evs.testing.SnapshotInvariants.LivingSnapshot;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The run of one seed. It applies the requests, acts as their users, and lets the faults happen. Then it repairs everything
 * and checks the result. Then it deletes everything and checks again.
 */
final class FaultRun {
    private static final Duration MAX_WAIT_FOR_LEADER = Duration.ofMinutes(2);
    private static final Duration FAULT_TIME = ScaledTimings.scaled(12_000);

    /** Much longer than the fallback requeue of the operator (30 s), because a loaded machine can be slow. */
    private static final Duration SETTLE_WAIT = Duration.ofSeconds(80);

    private static final Duration TICK = Duration.ofMillis(50);

    /**
     * The result of one seed.
     *
     * @param violations empty if every promise was kept
     * @param lateCreates create requests that were executed at least the settle time after they could be sent
     */
    record Outcome(FaultPlan plan, List<String> happened, List<String> violations, int lateCreates, Duration time) {}

    private final TestBed testBed;
    private final FaultPlan plan;
    private final List<ScenarioRequest> requests = new ArrayList<>();
    private final List<LivingSnapshot> foreign = new ArrayList<>();
    private final RestoresOfRun restores;

    FaultRun(TestBed testBed, FaultPlan plan) {
        this.testBed = testBed;
        this.plan = plan;
        List<Scenario> scenarios = new ArrayList<>(List.of(Scenario.values()));
        scenarios.add(Scenario.PLAIN);
        scenarios.add(Scenario.SHARED);
        for (var i = 0; i < scenarios.size(); i++) {
            var scenario = scenarios.get(i);
            var name = "s" + plan.seed() + "-" + i + "-"
                    + scenario.name().toLowerCase(Locale.ROOT).replace('_', '-');
            requests.add(new ScenarioRequest(
                    scenario,
                    name,
                    volumeId(testBed.namespace() + name),
                    plan.offsets().get(i)));
        }
        restores = new RestoresOfRun(testBed, plan, requests);
    }

    Outcome execute() {
        var startedAt = Instant.now();
        List<String> violations = new ArrayList<>();
        if (!await(MAX_WAIT_FOR_LEADER, testBed::hasLeader)) {
            violations.add("no process leads " + MAX_WAIT_FOR_LEADER + " after the previous run");
        }
        prepare();
        var appliedAt = Instant.now();
        requests.forEach(request -> apply(testBed, request));
        await(FAULT_TIME, this::actUntilAllHappened);
        if (testBed.injector().hasPending(Boundary::isOfRestore)) {
            // Restores begin only when their requests are ready.
            awaitWhileLed(testBed, FAULT_TIME, this::actUntilAllHappened);
        }
        var happened = testBed.injector().happened();
        testBed.heal();
        var checker = new InvariantChecker(testBed, requests, foreign, appliedAt);
        var restoreChecker = new RestoreChecker(testBed, restores, checker::isLate);
        violations.addAll(settleAndCheck(() -> join(checker.checkExisting(), restoreChecker.checkObjects())));
        violations.addAll(join(checker.checkCallLog(), restoreChecker.checkCallLog()));
        restores.deleteAll();
        requests.stream().filter(request -> !request.isDeleted()).forEach(testBed::delete);
        violations.addAll(settleAndCheck(() -> join(checker.checkDeleted(), restoreChecker.checkObjects())));
        violations.addAll(join(checker.checkCallLog(), restoreChecker.checkCallLog()));
        var late = checker.lateCreates() + restoreChecker.lateCreates();
        violations.addAll(evidence(checker, violations));
        violations.addAll(evidence(restoreChecker, violations, appliedAt));
        clean();
        return new Outcome(
                plan,
                happened,
                violations.stream().distinct().toList(),
                late,
                Duration.between(startedAt, Instant.now()));
    }

    /** Returns what the cloud and the operators say about the requests of the violations, because a seed rarely fails twice. */
    private List<String> evidence(InvariantChecker checker, List<String> violations) {
        return requests.stream()
                .filter(request -> violations.stream().anyMatch(violation -> violation.contains(request.name())))
                .map(request -> request.name() + " " + checker.calls(request.uid()) + "\n    "
                        + String.join("\n    ", testBed.logLines(request.uid())))
                .toList();
    }

    private List<String> evidence(RestoreChecker checker, List<String> violations, Instant startedAt) {
        return restores.all().stream()
                .filter(restore -> violations.stream().anyMatch(violation -> violation.contains(restore.name())))
                .map(restore -> restore.name() + " " + checker.calls(restore, startedAt) + "\n    "
                        + String.join("\n    ", testBed.logLines(restore.uid())))
                .toList();
    }

    private static List<String> join(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private boolean actUntilAllHappened() {
        actAsUsers();
        return testBed.injector().allHappened() && allActed();
    }

    private boolean allActed() {
        return requests.stream().allMatch(ScenarioRequest::isActed) && restores.allActed();
    }

    private void prepare() {
        testBed.recorder().reset();
        testBed.cloud().callLog().clear();
        testBed.cloud().tokens().expireAll();
        addForeign(requests.get(0), "autobk_snapshot_x", Map.of());
        addForeign(requests.get(1), "of another installation", markerOfOtherInstallation(requests.get(1)));
        var shared = testBed.cloud()
                .snapshots()
                .addForeign(volumeId(testBed.namespace() + "shared"), "by hand", Map.of())
                .id();
        for (var request : requests) {
            switch (request.scenario()) {
                case IMPORTED, FORGED, DELETED_WHEN_READY ->
                    request.recordImportedId(addForeign(request, "by hand", Map.of("note", "mine")));
                case SHARED -> request.recordImportedId(shared);
                case GUARDED ->
                    request.recordImportedId(
                            addForeign(request, "of another installation", markerOfOtherInstallation(request)));
                default -> {
                    // Its volume has no foreign snapshot.
                }
            }
            if (request.is(Scenario.REPLACED)) {
                testBed.cloud()
                        .faults()
                        .add(FaultRule.once(Fault.SNAPSHOT_ENDS_IN_ERROR)
                                .on(Operation.CREATE)
                                .ofVolume(request.volumeId()));
            }
        }
        plan.cloudFaults().forEach(testBed.cloud().faults()::add);
        restores.prepare();
        testBed.setObjects(Stream.<UserObject>concat(requests.stream(), restores.all().stream())
                .toList());
        testBed.injector().arm(plan.faults());
    }

    private Map<String, String> markerOfOtherInstallation(ScenarioRequest request) {
        var owner = new ObjectIdentity(UUID.randomUUID().toString(), testBed.namespace(), request.name());
        return new OwnershipMarker(
                        owner.uid(), UUID.randomUUID().toString(), "another", owner.namespace(), owner.name())
                .addTo(Map.of());
    }

    private String addForeign(ScenarioRequest request, String name, Map<String, String> metadata) {
        var snapshot = testBed.cloud().snapshots().addForeign(request.volumeId(), name, metadata);
        foreign.add(InvariantInputs.living(snapshot));
        return snapshot.id();
    }

    /** Returns a different volume id for each name. */
    static String volumeId(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    static void apply(TestBed testBed, ScenarioRequest request) {
        var object = new VolumeSnapshotRequest();
        object.setMetadata(new ObjectMetaBuilder()
                .withName(request.name())
                .withNamespace(testBed.namespace())
                .build());
        var spec = request.isImport() ? ofSnapshot(request.importedId()) : ofVolume(request.volumeId());
        if (request.is(Scenario.REPLACED)) {
            spec.withMaxAttempts(3);
        }
        if (request.is(Scenario.RETAINED)) {
            spec.onDeletion(DeletionPolicy.Retain);
        }
        if (request.is(Scenario.GUARDED)) {
            spec.onDeletion(DeletionPolicy.Delete);
        }
        object.setSpec(spec.build());
        request.recordUid(
                testBed.kubernetes().resource(object).create().getMetadata().getUid());
        request.recordApplied(Instant.now());
    }

    /** Does what the users of the scenarios do, if its time has come. */
    private void actAsUsers() {
        restores.act();
        for (var request : requests) {
            abandonIfNotOwned(request);
            if (request.isActed()
                    || Instant.now().isBefore(request.appliedAt().plus(request.offset()))
                    || restores.delaysUserOf(request) && !request.isDeleted()) {
                continue;
            }
            if (request.isDeleted()) {
                request.recordActed();
                continue;
            }
            var ready =
                    testBed.recorder().newest(request.name()).filter(object -> InvariantInputs.isTrue(object, "Ready"));
            if ((ready.isPresent() || !request.actsWhenReady())
                    && actAsUser(
                            request,
                            ready.map(object -> object.getStatus().snapshotId()).orElse(""))) {
                request.recordActed();
            }
        }
    }

    /** The deletion of a request does not delete a snapshot that the request does not own. Its user lets the request go. */
    private void abandonIfNotOwned(ScenarioRequest request) {
        if (request.is(Scenario.GUARDED)
                && testBed.recorder()
                        .newest(request.name())
                        .filter(object -> object.isMarkedForDeletion()
                                && !object.getMetadata().getAnnotations().containsKey(Api.ABANDON)
                                && hasReason(object, "NotOwned"))
                        .isPresent()) {
            testBed.merge(request, "{\"metadata\":{\"annotations\":{\"" + Api.ABANDON + "\":\"true\"}}}");
        }
    }

    private static boolean hasReason(VolumeSnapshotRequest object, String reason) {
        return InvariantInputs.condition(object, "Ready")
                .filter(condition -> reason.equals(condition.getReason()))
                .isPresent();
    }

    /** Returns whether the user has done everything. */
    private boolean actAsUser(ScenarioRequest request, String snapshotId) {
        switch (request.scenario()) {
            case DELETED_EARLY, DELETED_WHEN_READY, RETAINED, GUARDED -> testBed.delete(request);
            case RECREATED -> {
                return recreate(request);
            }
            case SHARED -> {
                return spoilWhenAllAreReady(snapshotId);
            }
            case RENAMED -> testBed.merge(request, "{\"spec\":{\"name\":\"renamed\"}}");
            case WIPED -> testBed.wipe(request);
            case STRIPPED -> testBed.strip(request);
            case SPOILED -> testBed.cloud().snapshots().setStatus(snapshotId, "error");
            case MISSING -> testBed.cloud().snapshots().remove(snapshotId);
            case FORGED -> testBed.merge(request, forgedIntent(request));
            case PLAIN, REPLACED, IMPORTED -> throw new IllegalStateException("no user changes " + request);
        }
        return true;
    }

    /** Returns false if the name was not free for so long that the other users must act. */
    private boolean recreate(ScenarioRequest request) {
        request.recordBeingRecreated();
        testBed.deleteToRecreate(request);
        var created = await(ScaledTimings.scaled(1000), Duration.ofMillis(5), () -> applyIfNameIsFree(request));
        if (created && request.isDeleted()) {
            // A fault deleted the earlier object at the same time.
            testBed.delete(request);
        }
        return created;
    }

    private boolean applyIfNameIsFree(ScenarioRequest request) {
        try {
            apply(testBed, request);
            return true;
        } catch (KubernetesClientException rejected) {
            if (rejected.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            throw rejected;
        }
    }

    private boolean spoilWhenAllAreReady(String snapshotId) {
        var sharing = requests.stream()
                .filter(request -> request.is(Scenario.SHARED) && !request.isDeleted())
                .toList();
        var allReady = sharing.stream().allMatch(request -> testBed.recorder()
                .newest(request.name())
                .filter(object -> InvariantInputs.isTrue(object, "Ready"))
                .isPresent());
        if (allReady) {
            testBed.cloud().snapshots().setStatus(snapshotId, "error");
            sharing.forEach(ScenarioRequest::recordActed);
        }
        return allReady;
    }

    /** Returns a patch with a create intent that names the imported snapshot as one that is replaced. */
    private String forgedIntent(ScenarioRequest request) {
        var status = testBed.recorder().newest(request.name()).orElseThrow().getStatus();
        var intent = CreateIntent.first(
                        new ObjectIdentity(request.uid(), testBed.namespace(), request.name()),
                        new VolumeId(request.volumeId()),
                        new CloudLocation(status.endpoint(), status.projectId()),
                        "forged",
                        new UserRequests(Optional.empty(), Optional.empty()),
                        Instant.now())
                .forReplacement(new SnapshotId(request.importedId()), "forged");
        return Serialization.asJson(
                Map.of("metadata", Map.of("annotations", Map.of(Api.CREATE_INTENT, CreateIntentJson.write(intent)))));
    }

    /** Repeats the check until it finds nothing for longer than one resync, or the time is over. */
    private List<String> settleAndCheck(Supplier<List<String>> check) {
        var quiet = new Object() {
            Instant since = Instant.MAX;
        };
        var settled = awaitWhileLed(testBed, SETTLE_WAIT, () -> {
            actAsUsers();
            if (testBed.hasMutatingCallsInFlight()
                    || !allActed()
                    || !check.get().isEmpty()) {
                quiet.since = Instant.MAX;
                return false;
            }
            if (quiet.since.equals(Instant.MAX)) {
                quiet.since = Instant.now();
            }
            return !Instant.now()
                    .isBefore(quiet.since.plus(
                            ScaledTimings.RESYNC.multipliedBy(5).dividedBy(4)));
        });
        if (settled) {
            return List.of();
        }
        List<String> violations = new ArrayList<>(check.get());
        requests.stream()
                .filter(request -> !request.isActed())
                .forEach(request -> violations.add(request + " never reached the state in which its user acts"));
        restores.all().stream()
                .filter(restore -> !restore.isActed())
                .forEach(restore -> violations.add(restore + " never reached the state in which its user acts"));
        return violations.isEmpty() ? List.of("the run did not settle") : violations;
    }

    private void clean() {
        restores.clean();
        var remaining = testBed.kubernetes()
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(testBed.namespace())
                .list()
                .getItems();
        for (var object : remaining) {
            testBed.merge(
                    requests.stream()
                            .filter(request ->
                                    request.name().equals(object.getMetadata().getName()))
                            .findFirst()
                            .orElseThrow(),
                    "{\"metadata\":{\"finalizers\":null}}");
        }
        testBed.cloud().snapshots().living().forEach(snapshot -> testBed.cloud()
                .snapshots()
                .remove(snapshot.id()));
    }

    static boolean await(Duration maxWait, BooleanSupplier condition) {
        return await(maxWait, TICK, condition);
    }

    private static boolean await(Duration maxWait, Duration tick, BooleanSupplier condition) {
        var end = Instant.now().plus(maxWait);
        while (Instant.now().isBefore(end)) {
            if (condition.getAsBoolean()) {
                return true;
            }
            LockSupport.parkNanos(tick.toNanos());
        }
        return condition.getAsBoolean();
    }

    /**
     * Waits for a condition. Only time with a leader counts, and each round counts at most two ticks: if this thread rarely
     * runs on a loaded machine, neither does the operator. Ends in any case after four times the wait.
     */
    static boolean awaitWhileLed(TestBed testBed, Duration maxWait, BooleanSupplier condition) {
        var left = maxWait;
        var last = Instant.now();
        var end = last.plus(maxWait.multipliedBy(4));
        while (!left.isNegative() && last.isBefore(end)) {
            if (condition.getAsBoolean()) {
                return true;
            }
            LockSupport.parkNanos(TICK.toNanos());
            var now = Instant.now();
            if (testBed.hasLeader()) {
                var elapsed = Duration.between(last, now);
                left = left.minus(elapsed.compareTo(TICK.multipliedBy(2)) < 0 ? elapsed : TICK.multipliedBy(2));
            }
            last = now;
        }
        return condition.getAsBoolean();
    }
}
