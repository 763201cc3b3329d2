/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofSnapshot;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Snapshot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * One seed's run: its requests are applied and handled by people while the faults happen; then everything is healed, and
 * what came out is judged; then everything is deleted, and judged again.
 */
final class FaultRun {
    private static final Duration OVERTURE = Duration.ofMinutes(2);
    private static final Duration TROUBLE = ScaledTimings.scaled(12_000);

    /** Well beyond the longest safety net of the operator (30 s), because these machines are slow at times. */
    private static final Duration AFTERMATH = Duration.ofSeconds(80);

    private static final Duration TICK = Duration.ofMillis(50);

    /**
     * What came of a seed.
     *
     * @param violations empty: every promise was kept
     * @param lateCreates creates that arrived later than {@code settle} after they became possible
     */
    record Outcome(FaultPlan plan, List<String> happened, List<String> violations, int lateCreates, Duration time) {}

    private final TestBed testBed;
    private final FaultPlan plan;
    private final List<ScenarioRequest> parts = new ArrayList<>();
    private final List<Snapshot> foreign = new ArrayList<>();

    FaultRun(TestBed testBed, FaultPlan plan) {
        this.testBed = testBed;
        this.plan = plan;
        List<ScenarioRequest.Scenario> roles = new ArrayList<>(List.of(ScenarioRequest.Scenario.values()));
        roles.add(ScenarioRequest.Scenario.PLAIN);
        for (var i = 0; i < roles.size(); i++) {
            var role = roles.get(i);
            var name = "s" + plan.seed() + "-" + i + "-"
                    + role.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
            parts.add(new ScenarioRequest(
                    role, name, disk(testBed.namespace() + name), plan.offsets().get(i)));
        }
    }

    Outcome play() {
        var startedAt = Instant.now();
        List<String> violations = new ArrayList<>();
        if (!await(OVERTURE, testBed::isLed)) {
            violations.add("nobody leads " + OVERTURE + " after the run before");
        }
        prepare();
        var trouble = Instant.now();
        parts.forEach(scenario -> apply(testBed, scenario));
        await(TROUBLE, () -> {
            act();
            return testBed.conductor().allHappened() && parts.stream().allMatch(ScenarioRequest::isActed);
        });
        var happened = testBed.conductor().happened();
        testBed.heal();
        var checker = new InvariantChecker(testBed, parts, foreign, trouble);
        violations.addAll(judged(checker::checkExisting));
        violations.addAll(checker.checkCallLog());
        parts.stream().filter(scenario -> !scenario.isDeleted()).forEach(scenario -> testBed.delete(scenario));
        violations.addAll(judged(checker::checkDeleted));
        violations.addAll(checker.checkCallLog());
        var late = checker.lateOrders();
        clean();
        return new Outcome(
                plan,
                happened,
                violations.stream().distinct().toList(),
                late,
                Duration.between(startedAt, Instant.now()));
    }

    private void prepare() {
        testBed.witness().forget();
        testBed.cloud().callLog().clear();
        testBed.cloud().tokens().expireAll();
        foreign.add(testBed.cloud().snapshots().addForeign(parts.get(0).disk(), "autobk_snapshot_x", Map.of()));
        foreign.add(testBed.cloud()
                .snapshots()
                .addForeign(
                        parts.get(1).disk(),
                        "of another installation",
                        Map.of(
                                "evs-snapshot-operator.uid",
                                UUID.randomUUID().toString(),
                                "evs-snapshot-operator.create-id",
                                UUID.randomUUID().toString(),
                                "evs-snapshot-operator.installation",
                                "another",
                                "evs-snapshot-operator.namespace",
                                testBed.namespace(),
                                "evs-snapshot-operator.name",
                                parts.get(1).name())));
        for (var scenario : parts) {
            if (scenario.role() == ScenarioRequest.Scenario.IMPORTED
                    || scenario.role() == ScenarioRequest.Scenario.DELETED_WHEN_READY) {
                var received =
                        testBed.cloud().snapshots().addForeign(scenario.disk(), "by hand", Map.of("note", "mine"));
                foreign.add(received);
                scenario.willImport(received.id());
            }
            if (scenario.role() == ScenarioRequest.Scenario.REPLACED) {
                testBed.cloud()
                        .faults()
                        .add(FaultRule.once(Fault.SNAPSHOT_ENDS_IN_ERROR)
                                .on(Operation.CREATE)
                                .ofVolume(scenario.disk()));
            }
        }
        plan.ofTheCloud().forEach(testBed.cloud().faults()::add);
        testBed.cast(parts.stream().collect(Collectors.toMap(ScenarioRequest::name, scenario -> scenario)));
        testBed.conductor().arm(plan.faults());
    }

    /** A disk of its own for each request. */
    static String disk(String of) {
        return UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8)).toString();
    }

    static void apply(TestBed testBed, ScenarioRequest scenario) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withName(scenario.name())
                .withNamespace(testBed.namespace())
                .build());
        var spec = scenario.role() == ScenarioRequest.Scenario.IMPORTED
                ? ofSnapshot(scenario.imports())
                : ofVolume(scenario.disk());
        if (scenario.role() == ScenarioRequest.Scenario.REPLACED) {
            spec.withMaxAttempts(3);
        }
        if (scenario.role() == ScenarioRequest.Scenario.RETAINED) {
            spec.onDeletion(DeletionPolicy.Retain);
        }
        request.setSpec(spec.build());
        scenario.isKnownAs(
                testBed.kubernetes().resource(request).create().getMetadata().getUid());
        scenario.isApplied(Instant.now());
    }

    /** What people do, when its time has come. */
    private void act() {
        for (var scenario : parts) {
            if (scenario.isActed() || Instant.now().isBefore(scenario.applied().plus(scenario.offset()))) {
                continue;
            }
            if (scenario.isDeleted()) {
                scenario.hasActed();
                continue;
            }
            var ready = testBed.witness().newest(scenario.name()).filter(HistoryRecorder::isReady);
            if (ready.isPresent() || !scenario.actsWhenReady()) {
                act(
                        scenario,
                        ready.map(request -> request.getStatus().snapshotId()).orElse(""));
                scenario.hasActed();
            }
        }
    }

    private void act(ScenarioRequest scenario, String snapshotId) {
        switch (scenario.role()) {
            case DELETED_EARLY, DELETED_WHEN_READY, RETAINED -> testBed.delete(scenario);
            case RENAMED -> testBed.merge(scenario, "{\"spec\":{\"name\":\"renamed\"}}");
            case WIPED -> testBed.wipe(scenario);
            case STRIPPED -> {
                scenario.hasBeenStripped();
                testBed.merge(scenario, "{\"metadata\":{\"finalizers\":null,\"annotations\":null}}");
            }
            case SPOILED -> testBed.cloud().snapshots().setStatus(snapshotId, "error");
            case MISSING -> testBed.cloud().snapshots().remove(snapshotId);
            case PLAIN, REPLACED, IMPORTED -> throw new IllegalStateException("nobody touches " + scenario);
        }
    }

    /** Judges until all is well and stays so for one resync, or patience ends. */
    private List<String> judged(java.util.function.Supplier<List<String>> judgement) {
        var calm = new Object() {
            Instant since = Instant.MAX;
        };
        var ended = awaitFairly(testBed, AFTERMATH, () -> {
            act();
            if (testBed.hasOrdersUnderWay()
                    || !parts.stream().allMatch(ScenarioRequest::isActed)
                    || !judgement.get().isEmpty()) {
                calm.since = Instant.MAX;
                return false;
            }
            if (calm.since.equals(Instant.MAX)) {
                calm.since = Instant.now();
            }
            return !Instant.now()
                    .isBefore(
                            calm.since.plus(ScaledTimings.RESYNC.multipliedBy(5).dividedBy(4)));
        });
        if (ended) {
            return List.of();
        }
        List<String> left = new ArrayList<>(judgement.get());
        parts.stream()
                .filter(scenario -> !scenario.isActed())
                .forEach(scenario -> left.add(scenario + " never came so far that people could do their part"));
        return left.isEmpty() ? List.of("it did not come to rest") : left;
    }

    private void clean() {
        var left = testBed.kubernetes()
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(testBed.namespace())
                .list()
                .getItems();
        for (var request : left) {
            testBed.merge(
                    parts.stream()
                            .filter(scenario ->
                                    scenario.name().equals(request.getMetadata().getName()))
                            .findFirst()
                            .orElseThrow(),
                    "{\"metadata\":{\"finalizers\":null}}");
        }
        foreign.forEach(
                snapshot -> testBed.cloud().snapshots().find(snapshot.id()).ifPresent(there -> testBed.cloud()
                        .snapshots()
                        .remove(there.id())));
        testBed.cloud().snapshots().living().forEach(snapshot -> testBed.cloud()
                .snapshots()
                .remove(snapshot.id()));
    }

    static boolean await(Duration maxWait, BooleanSupplier what) {
        var end = Instant.now().plus(maxWait);
        while (Instant.now().isBefore(end)) {
            if (what.getAsBoolean()) {
                return true;
            }
            LockSupport.parkNanos(TICK.toNanos());
        }
        return what.getAsBoolean();
    }

    /**
     * Waits with a patience that is used up only while somebody leads, and by no more than two ticks for each round that we
     * come to ourselves: on a machine where we hardly get a turn, the operator does not either.
     */
    static boolean awaitFairly(TestBed testBed, Duration maxWait, BooleanSupplier what) {
        var left = maxWait;
        var last = Instant.now();
        var end = last.plus(maxWait.multipliedBy(4));
        while (!left.isNegative() && last.isBefore(end)) {
            if (what.getAsBoolean()) {
                return true;
            }
            LockSupport.parkNanos(TICK.toNanos());
            var now = Instant.now();
            if (testBed.isLed()) {
                var passed = Duration.between(last, now);
                left = left.minus(passed.compareTo(TICK.multipliedBy(2)) < 0 ? passed : TICK.multipliedBy(2));
            }
            last = now;
        }
        return what.getAsBoolean();
    }
}
