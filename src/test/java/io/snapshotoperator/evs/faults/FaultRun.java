/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import static io.snapshotoperator.evs.testing.SpecBuilder.ofDisk;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofSnapshot;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.snapshotoperator.evs.api.v1alpha1.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.VolumeSnapshotRequest;
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
     * @param lateOrders creates that arrived later than {@code settle} after they became possible
     */
    record Outcome(FaultPlan plan, List<String> happened, List<String> violations, int lateOrders, Duration time) {}

    private final TestBed site;
    private final FaultPlan plan;
    private final List<ScenarioRequest> parts = new ArrayList<>();
    private final List<Snapshot> foreign = new ArrayList<>();

    FaultRun(TestBed site, FaultPlan plan) {
        this.site = site;
        this.plan = plan;
        List<ScenarioRequest.Scenario> roles = new ArrayList<>(List.of(ScenarioRequest.Scenario.values()));
        roles.add(ScenarioRequest.Scenario.PLAIN);
        for (var i = 0; i < roles.size(); i++) {
            var role = roles.get(i);
            var name = "s" + plan.seed() + "-" + i + "-"
                    + role.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
            parts.add(new ScenarioRequest(
                    role, name, disk(site.namespace() + name), plan.offsets().get(i)));
        }
    }

    Outcome play() {
        var begun = Instant.now();
        List<String> violations = new ArrayList<>();
        if (!await(OVERTURE, site::isLed)) {
            violations.add("nobody leads " + OVERTURE + " after the run before");
        }
        prepare();
        var trouble = Instant.now();
        parts.forEach(part -> apply(site, part));
        await(TROUBLE, () -> {
            act();
            return site.conductor().allHappened() && parts.stream().allMatch(ScenarioRequest::isActed);
        });
        var happened = site.conductor().happened();
        site.heal();
        var court = new InvariantChecker(site, parts, foreign, trouble);
        violations.addAll(judged(court::ofTheLiving));
        violations.addAll(court.ofTheLedger());
        parts.stream().filter(part -> !part.isDeleted()).forEach(part -> site.delete(part));
        violations.addAll(judged(court::ofTheDead));
        violations.addAll(court.ofTheLedger());
        var late = court.lateOrders();
        clean();
        return new Outcome(
                plan, happened, violations.stream().distinct().toList(), late, Duration.between(begun, Instant.now()));
    }

    private void prepare() {
        site.witness().forget();
        site.cloud().ledger().clear();
        site.cloud().tokens().expireAll();
        foreign.add(site.cloud().snapshots().addForeign(parts.get(0).disk(), "autobk_snapshot_x", Map.of()));
        foreign.add(site.cloud()
                .snapshots()
                .addForeign(
                        parts.get(1).disk(),
                        "of another installation",
                        Map.of(
                                "evs-snapshot-operator.uid",
                                UUID.randomUUID().toString(),
                                "evs-snapshot-operator.order",
                                UUID.randomUUID().toString(),
                                "evs-snapshot-operator.installation",
                                "another",
                                "evs-snapshot-operator.namespace",
                                site.namespace(),
                                "evs-snapshot-operator.name",
                                parts.get(1).name())));
        for (var part : parts) {
            if (part.role() == ScenarioRequest.Scenario.IMPORTED
                    || part.role() == ScenarioRequest.Scenario.DELETED_WHEN_READY) {
                var taken = site.cloud().snapshots().addForeign(part.disk(), "by hand", Map.of("note", "mine"));
                foreign.add(taken);
                part.willImport(taken.id());
            }
            if (part.role() == ScenarioRequest.Scenario.REPLACED) {
                site.cloud()
                        .faults()
                        .add(FaultRule.once(Fault.SNAPSHOT_ENDS_IN_ERROR)
                                .on(Operation.CREATE)
                                .ofVolume(part.disk()));
            }
        }
        plan.ofTheCloud().forEach(site.cloud().faults()::add);
        site.cast(parts.stream().collect(Collectors.toMap(ScenarioRequest::name, part -> part)));
        site.conductor().arm(plan.faults());
    }

    /** A disk of its own for each request. */
    static String disk(String of) {
        return UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8)).toString();
    }

    static void apply(TestBed site, ScenarioRequest part) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withName(part.name())
                .withNamespace(site.namespace())
                .build());
        var spec = part.role() == ScenarioRequest.Scenario.IMPORTED ? ofSnapshot(part.imports()) : ofDisk(part.disk());
        if (part.role() == ScenarioRequest.Scenario.REPLACED) {
            spec.replacedAtMost(3);
        }
        if (part.role() == ScenarioRequest.Scenario.RETAINED) {
            spec.onDeletion(DeletionPolicy.Retain);
        }
        request.setSpec(spec.build());
        part.isKnownAs(
                site.kubernetes().resource(request).create().getMetadata().getUid());
        part.isApplied(Instant.now());
    }

    /** What people do, when its time has come. */
    private void act() {
        for (var part : parts) {
            if (part.isActed() || Instant.now().isBefore(part.applied().plus(part.offset()))) {
                continue;
            }
            if (part.isDeleted()) {
                part.hasActed();
                continue;
            }
            var ready = site.witness().newest(part.name()).filter(HistoryRecorder::isReady);
            if (ready.isPresent() || !part.actsWhenReady()) {
                act(part, ready.map(it -> it.getStatus().snapshotId()).orElse(""));
                part.hasActed();
            }
        }
    }

    private void act(ScenarioRequest part, String snapshotId) {
        switch (part.role()) {
            case DELETED_EARLY, DELETED_WHEN_READY, RETAINED -> site.delete(part);
            case RENAMED -> site.merge(part, "{\"spec\":{\"name\":\"renamed\"}}");
            case WIPED -> site.wipe(part);
            case STRIPPED -> {
                part.hasBeenStripped();
                site.merge(part, "{\"metadata\":{\"finalizers\":null,\"annotations\":null}}");
            }
            case SPOILED -> site.cloud().snapshots().setStatus(snapshotId, "error");
            case LOST -> site.cloud().snapshots().remove(snapshotId);
            case PLAIN, REPLACED, IMPORTED -> throw new IllegalStateException("nobody touches " + part);
        }
    }

    /** Judges until all is well and stays so for one resync, or patience ends. */
    private List<String> judged(java.util.function.Supplier<List<String>> judgement) {
        var calm = new Object() {
            Instant since = Instant.MAX;
        };
        var ended = awaitFairly(site, AFTERMATH, () -> {
            act();
            if (site.hasOrdersUnderWay()
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
                .filter(part -> !part.isActed())
                .forEach(part -> left.add(part + " never came so far that people could do their part"));
        return left.isEmpty() ? List.of("it did not come to rest") : left;
    }

    private void clean() {
        var left = site.kubernetes()
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(site.namespace())
                .list()
                .getItems();
        for (var request : left) {
            site.merge(
                    parts.stream()
                            .filter(part ->
                                    part.name().equals(request.getMetadata().getName()))
                            .findFirst()
                            .orElseThrow(),
                    "{\"metadata\":{\"finalizers\":null}}");
        }
        foreign.forEach(it -> site.cloud().snapshots().find(it.id()).ifPresent(there -> site.cloud()
                .snapshots()
                .remove(there.id())));
        site.cloud().snapshots().living().forEach(it -> site.cloud().snapshots().remove(it.id()));
    }

    static boolean await(Duration patience, BooleanSupplier what) {
        var end = Instant.now().plus(patience);
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
    static boolean awaitFairly(TestBed site, Duration patience, BooleanSupplier what) {
        var left = patience;
        var last = Instant.now();
        var end = last.plus(patience.multipliedBy(4));
        while (!left.isNegative() && last.isBefore(end)) {
            if (what.getAsBoolean()) {
                return true;
            }
            LockSupport.parkNanos(TICK.toNanos());
            var now = Instant.now();
            if (site.isLed()) {
                var passed = Duration.between(last, now);
                left = left.minus(passed.compareTo(TICK.multipliedBy(2)) < 0 ? passed : TICK.multipliedBy(2));
            }
            last = now;
        }
        return what.getAsBoolean();
    }
}
