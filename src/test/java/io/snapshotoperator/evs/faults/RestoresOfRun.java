/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import static java.util.function.Predicate.not;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.snapshotoperator.evs.api.v1alpha1.RequestRef;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreSpecBuilder;
import io.snapshotoperator.evs.faults.ScenarioRestore.Scenario;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.InvariantInputs;
import io.snapshotoperator.evs.testing.RestoreInputs;
import io.snapshotoperator.evs.testing.RestoreInvariants.LivingVolume;
import io.snapshotoperator.evs.testing.SnapshotInvariants;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The restores of one run. Each is applied when its request is ready. */
final class RestoresOfRun {
    /** Requests whose users do nothing that ends their snapshot. */
    private static final Set<ScenarioRequest.Scenario> SOURCES = Set.of(
            ScenarioRequest.Scenario.PLAIN,
            ScenarioRequest.Scenario.RENAMED,
            ScenarioRequest.Scenario.WIPED,
            ScenarioRequest.Scenario.STRIPPED,
            ScenarioRequest.Scenario.IMPORTED,
            ScenarioRequest.Scenario.FORGED);

    /** Those that every run contains, so that every run reaches every boundary. */
    private static final List<Scenario> ALWAYS = List.of(Scenario.PLAIN, Scenario.DELETED);

    private static final List<Scenario> IN_TURN = List.of(
            Scenario.DELETED_EARLY,
            Scenario.JOB_FAILED,
            Scenario.SOURCE_DELETED,
            Scenario.WIPED,
            Scenario.VOLUME_FAILED,
            Scenario.RETAINED,
            Scenario.JOB_FORGOTTEN,
            Scenario.STRIPPED);

    private static final int IN_TURN_PER_RUN = 3;
    private static final Duration MAX_SOURCE_DELETION = ScaledTimings.scaled(900);
    private static final Duration MAX_WAIT_FOR_COPY = ScaledTimings.scaled(8000);

    private static final Set<String> ENDED =
            Set.of(RestoreReason.VolumeRestored.name(), RestoreReason.RestoreFailed.name());

    private final TestBed testBed;
    private final long seed;
    private final List<ScenarioRestore> restores = new ArrayList<>();
    private final List<LivingVolume> foreign = new ArrayList<>();
    private final Set<ScenarioRestore> sourcesTouched = ConcurrentHashMap.newKeySet();

    RestoresOfRun(TestBed testBed, FaultPlan plan, List<ScenarioRequest> requests) {
        this.testBed = testBed;
        this.seed = plan.seed();
        var scenarios = new ArrayList<>(ALWAYS);
        for (var i = 0; i < IN_TURN_PER_RUN; i++) {
            scenarios.add(IN_TURN.get((int) Math.floorMod(plan.seed() * IN_TURN_PER_RUN + i, (long) IN_TURN.size())));
        }
        var sources = requests.stream()
                .filter(request -> SOURCES.contains(request.scenario()))
                .toList();
        for (var i = 0; i < scenarios.size(); i++) {
            var scenario = scenarios.get(i);
            var source = scenario == Scenario.SOURCE_DELETED
                    ? requests.stream()
                            .filter(request -> request.is(ScenarioRequest.Scenario.DELETED_WHEN_READY))
                            .findFirst()
                            .orElseThrow()
                    : sources.get((int) Math.floorMod(plan.seed() + i, (long) sources.size()));
            restores.add(new ScenarioRestore(
                    scenario, source, plan.offsets().get(plan.offsets().size() - 1 - i)));
        }
    }

    List<ScenarioRestore> all() {
        return List.copyOf(restores);
    }

    /** The volumes that the operator must not touch, as they were before the run. */
    List<LivingVolume> foreign() {
        return List.copyOf(foreign);
    }

    /** Adds the volumes of others: restored by another installation, by hand, and by another tool. */
    void prepare() {
        testBed.restores().reset();
        var owner = restores.get(0);
        addForeign("another", Map.of());
        addForeign("by-hand", Map.of("note", "mine"));
        addForeign(
                "other-installation",
                Map.of(
                        SnapshotInvariants.UID,
                        UUID.randomUUID().toString(),
                        SnapshotInvariants.CREATE_ID,
                        UUID.randomUUID().toString(),
                        "evs-snapshot-operator.installation",
                        "another",
                        "evs-snapshot-operator.namespace",
                        testBed.namespace(),
                        "evs-snapshot-operator.name",
                        owner.name()));
    }

    private void addForeign(String name, Map<String, String> metadata) {
        var id = FaultRun.volumeId(
                testBed.namespace() + name + foreign.size() + restores.get(0).name());
        testBed.cloud().volumes().put(Volume.available(id).withName(name).withMetadata(metadata));
        foreign.add(RestoreInputs.living(testBed.cloud().volumes().find(id).orElseThrow()));
    }

    boolean allActed() {
        return restores.stream().allMatch(ScenarioRestore::isActed);
    }

    /** Whether the user of a request still waits, so that the restore of the request runs when the request is deleted. */
    boolean delaysUserOf(ScenarioRequest request) {
        return restores.stream()
                .filter(restore -> restore.scenario() == Scenario.SOURCE_DELETED && restore.source() == request)
                .anyMatch(restore -> !restore.isApplied() || !isTimeToDeleteSource(restore));
    }

    /** In every second seed as soon as the cloud copies the snapshot, otherwise at any time near the create request. */
    private boolean isTimeToDeleteSource(ScenarioRestore restore) {
        var now = Instant.now();
        var isCopying = testBed.cloud().callLog().actedOn(Operation.DISK_CREATE).stream()
                .anyMatch(create -> restore.uid().equals(create.metadata().get(SnapshotInvariants.UID)));
        return seed % 2 == 0
                ? isCopying || now.isAfter(restore.appliedAt().plus(MAX_WAIT_FOR_COPY))
                : now.isAfter(
                        restore.appliedAt().plusMillis(restore.offset().toMillis() % MAX_SOURCE_DELETION.toMillis()));
    }

    /** Applies restores whose request is ready, and does what their users do, if its time has come. */
    void act() {
        for (var restore : restores) {
            if (restore.isApplied()) {
                touchDeletedSource(restore);
                actAsUser(restore);
            } else if (!restore.source().isDeleted()) {
                testBed.recorder()
                        .newest(restore.source().name())
                        .filter(request -> InvariantInputs.isTrue(request, "Ready"))
                        .map(request -> request.getStatus().snapshotId())
                        .ifPresent(snapshotId -> apply(restore, snapshotId));
            }
        }
    }

    private void apply(ScenarioRestore restore, String snapshotId) {
        restore.scenario().fault().ifPresent(fault -> testBed.cloud()
                .faults()
                .add(FaultRule.once(fault).on(Operation.DISK_CREATE).ofSnapshot(snapshotId)));
        var object = new VolumeSnapshotRestore();
        object.setMetadata(new ObjectMetaBuilder()
                .withName(restore.name())
                .withNamespace(testBed.namespace())
                .build());
        object.setSpec(VolumeSnapshotRestoreSpecBuilder.builder()
                .requestRef(new RequestRef(restore.source().name()))
                .deletionPolicy(restore.scenario().policy())
                .build());
        restore.recordApplied(
                testBed.kubernetes().resource(object).create().getMetadata().getUid(), Instant.now());
    }

    private void actAsUser(ScenarioRestore restore) {
        if (restore.isActed() || Instant.now().isBefore(restore.appliedAt().plus(restore.offset()))) {
            return;
        }
        switch (restore.scenario()) {
            case DELETED -> {
                if (reason(restore).filter(ENDED::contains).isEmpty()) {
                    return;
                }
                testBed.delete(restore);
            }
            case DELETED_EARLY, RETAINED -> testBed.delete(restore);
            case WIPED -> testBed.wipe(restore);
            case STRIPPED -> testBed.strip(restore);
            default -> throw new IllegalStateException("no user changes " + restore);
        }
        restore.recordActed();
    }

    /** The operator looks at a request that waits for a restore at a slow interval. Its user does not want to wait for that. */
    private void touchDeletedSource(ScenarioRestore restore) {
        var ended = testBed.restores().newest(restore.name()).isEmpty()
                || reason(restore).filter(ENDED::contains).isPresent();
        if (restore.source().isDeleted() && ended && sourcesTouched.add(restore)) {
            testBed.actAsUser(FaultType.TOUCH, Optional.of(restore.source().name()));
        }
    }

    private Optional<String> reason(ScenarioRestore restore) {
        return testBed.restores().newest(restore.name()).flatMap(object -> RestoreInputs.restore(restore.name(), object)
                .reason());
    }

    void deleteAll() {
        restores.stream()
                .filter(ScenarioRestore::isApplied)
                .filter(not(ScenarioRestore::isDeleted))
                .forEach(testBed::delete);
        sourcesTouched.clear();
    }

    void clean() {
        testBed.kubernetes()
                .resources(VolumeSnapshotRestore.class)
                .inNamespace(testBed.namespace())
                .list()
                .getItems()
                .forEach(object -> restores.stream()
                        .filter(restore ->
                                restore.name().equals(object.getMetadata().getName()))
                        .forEach(restore -> testBed.merge(restore, "{\"metadata\":{\"finalizers\":null}}")));
        testBed.cloud().volumes().all().forEach(volume -> testBed.cloud()
                .volumes()
                .remove(volume.id()));
    }
}
