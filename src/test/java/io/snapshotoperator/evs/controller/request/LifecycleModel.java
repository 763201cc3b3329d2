/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.FailurePolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.testing.SnapshotInvariants;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One run of the model: one request, its API server, a cloud, processes of the operator that start and end, users, and time.
 * The choices decide which faults occur. After the last choice no fault occurs, and everything must recover.
 */
final class LifecycleModel {
    static final String INSTALLATION = "inst-1";
    static final String UID = "0b8e2f64-7f0e-4d3b-9e55-000000000001";
    static final VolumeId VOLUME = new VolumeId("volume-1");
    static final CloudLocation LOCATION = new CloudLocation("https://evs.example", "project-a");
    static final CloudLocation OTHER_LOCATION = new CloudLocation("https://evs.example", "project-b");
    static final RetryPolicy RETRY_POLICY =
            new RetryPolicy(Duration.ofSeconds(60), Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofMinutes(5));

    private static final Map<String, String> MARKER_OF_OTHER =
            Map.of(SnapshotInvariants.UID, "another", "evs-snapshot-operator.installation", INSTALLATION);
    private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration TICK = Duration.ofSeconds(10);
    /** The cloud changes the states of its snapshots each time after so many ticks. */
    private static final int TICKS_PER_CLOUD_PROGRESS = 3;

    /**
     * Receives what happens in a run.
     *
     * @param trace the lines of what happens; empty without a trace
     * @param situations receives each situation that the run reaches
     */
    record Listener(Optional<List<String>> trace, Consumer<String> situations) {}

    /** What can happen in a run besides faults. */
    enum Variant {
        NORMAL,
        /** Create requests can arrive later than the settle time. */
        LATE_CREATES,
        /** A user who may edit the request writes what only the operator should write. */
        FORGED
    }

    final ChoiceSequence choices;

    private final Listener listener;
    private final Variant variant;
    private final RequestKind kind;
    private final ModelCloud cloud;
    private final Optional<ModelCloud.StoredSnapshot> imported;
    private final ModelObject object;
    private final ModelChecks checks;
    private Optional<ModelImport> second = Optional.empty();
    private Instant now = START;
    private ModelProcess process;
    private CloudLocation location = LOCATION;
    private int createIds;
    private boolean leaseExists;

    /** A wiped status of an import also loses the location in which the snapshot was found. */
    private boolean wiped;

    LifecycleModel(ChoiceSequence choices, Variant variant, Listener listener) {
        this.choices = choices;
        this.variant = variant;
        this.listener = listener;
        this.kind = RequestKind.values()[List.of(0, 0, 0, 0, 1, 1, 1, 2, 3).get(choices.draw(9))];
        this.cloud = new ModelCloud(variant == Variant.FORGED);
        this.imported = kind.isImport() ? Optional.of(addForeign()) : Optional.empty();
        this.object = new ModelObject(request());
        this.checks = new ModelChecks(this, kind, imported);
        if (variant == Variant.FORGED) {
            checks.mustNotChange(addForeign(Map.of()));
            checks.mustNotChange(addForeign(MARKER_OF_OTHER));
        }
        if (choices.once(2)) {
            leaseExists = true;
        }
        begin(false);
    }

    // ---------------------------------------------------------------- for the ports

    ModelCloud cloud() {
        return cloud;
    }

    ModelObject object() {
        return object;
    }

    ModelChecks checks() {
        return checks;
    }

    /** Returns the second object, which shows the same snapshot; empty if no user made one. */
    Optional<ModelImport> second() {
        return second;
    }

    Instant now() {
        return now;
    }

    boolean allowsLateCreates() {
        return variant == Variant.LATE_CREATES;
    }

    boolean isForged() {
        return variant == Variant.FORGED;
    }

    boolean isCurrent(ModelProcess candidate) {
        return candidate == process;
    }

    String nextCreateId() {
        return "create-" + ++createIds;
    }

    void elapse(Duration time) {
        now = now.plus(time);
        cloud.advance(now);
    }

    /** Another client writes to the object between the read and the write of the operator. */
    void writeByOtherClient() {
        if (object.current().isPresent()) {
            trace(() -> "  another client writes");
            object.edit(request -> {
                request.getMetadata().setLabels(Map.of("touched", now.toString()));
                return request;
            });
        }
    }

    void trace(Supplier<String> what) {
        listener.trace()
                .ifPresent(lines -> lines.add(Duration.between(START, now).toSeconds() + "s " + what.get()));
    }

    /** Reports a situation, so that a test can check that the runs reach all of them. */
    void reached(String situation) {
        listener.situations().accept(situation);
    }

    // ---------------------------------------------------------------- the run

    void run() {
        while (!choices.isOver() && object.current().isPresent()) {
            step();
        }
        if (isForged()) {
            live(Duration.ofHours(2));
            checks.nothingOfOthersChanged();
            return;
        }
        recover();
        if (object.current().isPresent()) {
            trace(() -> "---- the request is deleted");
            object.delete(now);
            process.wake();
            live(Duration.ofHours(2));
            checks.afterDeletion();
        }
        if (second.isPresent()) {
            choices.end();
            begin(false);
            live(Duration.ofHours(2));
            second.get().settled();
        }
    }

    /** Returns whether a paused process continues. */
    private boolean step() {
        switch (choices.draw(16)) {
            case 0, 1, 2, 3, 4, 5, 6 -> nextReconcile();
            case 7 -> elapse(Duration.ofSeconds(choices.draw(40)));
            case 8 ->
                elapse(List.of(Duration.ofMinutes(2), Duration.ofMinutes(20), Duration.ofMinutes(61))
                        .get(choices.draw(3)));
            case 9, 10 -> cloudProgresses();
            case 11 -> poll();
            case 12 -> {
                if (isForged()) {
                    forge();
                }
                userActs();
            }
            case 13 -> restart();
            case 14 -> otherClientOfCloudActs();
            default -> {
                return true;
            }
        }
        return false;
    }

    private void nextReconcile() {
        process.nextReconcile().filter(now::isBefore).ifPresent(due -> elapse(Duration.between(now, due)));
        tick();
        if (process.nextReconcile().filter(due -> !due.isAfter(now)).isPresent()) {
            reconcile();
        }
        if (process.nextReconcileOfSecond().filter(due -> !due.isAfter(now)).isPresent()) {
            reconcileSecond();
        }
    }

    private void reconcileSecond() {
        var reconciling = process;
        trace(() ->
                "reconcile the second object: " + describe(second.orElseThrow().newest()));
        try {
            reconciling.reconcileSecond();
        } catch (ModelProcess.Died died) {
            replace(reconciling);
        }
    }

    void reconcile() {
        var reconciling = process;
        trace(() -> "reconcile: " + describe(reconciling.cached()));
        try {
            reconciling.reconcile();
        } catch (ModelProcess.Died died) {
            replace(reconciling);
        }
    }

    private void tick() {
        var polling = process;
        try {
            polling.tick();
        } catch (ModelProcess.Died died) {
            replace(polling);
        }
    }

    private void replace(ModelProcess dead) {
        if (isCurrent(dead)) {
            begin(false);
        }
    }

    private void poll() {
        trace(() -> "poll");
        if (choices.once(2)) {
            process.searchForOthers();
        }
        tick();
    }

    /** No more faults occur. The request must settle, and then nothing may change. */
    private void recover() {
        trace(() -> "---- no more faults");
        location = LOCATION;
        begin(false);
        if (object.current().isEmpty()) {
            checks.afterDeletion();
            return;
        }
        object.annotate(Api.PAUSED, Optional.empty());
        process.wake();
        live(Duration.ofHours(3));
        if (object.current().isEmpty()) {
            checks.afterDeletion();
            return;
        }
        if (object.newest().isMarkedForDeletion()) {
            checks.stays();
            return;
        }
        var writes = checks.statusWrites();
        var writesOfSecond = second.map(ModelImport::statusWrites).orElse(0);
        live(Duration.ofHours(1));
        assertThat(checks.statusWrites() - writes)
                .as("status writes in a quiet hour")
                .isZero();
        assertThat(second.map(ModelImport::statusWrites).orElse(0) - writesOfSecond)
                .as("status writes of the second object in a quiet hour")
                .isZero();
        second.ifPresent(ModelImport::settled);
        checks.settled();
    }

    /** Time passes without faults: due reconciles, polls, and a cloud that completes its work. */
    private void live(Duration time) {
        var end = now.plus(time);
        var reconciles = 0;
        var reconcilesOfSecond = 0;
        var ticks = 0;
        var nextTick = now.plus(TICK);
        while (now.isBefore(end)) {
            var due = process.nextReconcile().orElse(Instant.MAX);
            if (!due.isAfter(now)) {
                assertThat(++reconciles).as("reconciles within %s", time).isLessThan(1500);
                reconcile();
                continue;
            }
            var dueOfSecond = process.nextReconcileOfSecond().orElse(Instant.MAX);
            if (!dueOfSecond.isAfter(now)) {
                assertThat(++reconcilesOfSecond)
                        .as("reconciles of the second object within %s", time)
                        .isLessThan(1500);
                reconcileSecond();
                continue;
            }
            var next = due.isBefore(dueOfSecond) ? due : dueOfSecond;
            elapse(Duration.between(now, next.isBefore(nextTick) ? next : nextTick));
            if (!nextTick.isAfter(now)) {
                nextTick = now.plus(TICK);
                if (++ticks % TICKS_PER_CLOUD_PROGRESS == 0) {
                    cloud.present().forEach(snapshot -> cloud.progress(snapshot, 0));
                }
                tick();
            }
        }
    }

    // ---------------------------------------------------------------- processes

    private void restart() {
        if (choices.once(4) && !(kind.isImport() && wiped)) {
            location = location.equals(LOCATION) ? OTHER_LOCATION : LOCATION;
        }
        if (choices.once(5)) {
            leaseExists = false;
        }
        begin(choices.once(2) && process.isDrained());
    }

    /**
     * A process begins its leader term.
     *
     * @param drained whether the predecessor released the Lease without a create request in flight
     */
    private void begin(boolean drained) {
        // Without a release the Lease expires first.
        if (process != null && !drained) {
            elapse(Duration.ofSeconds(choices.draw(30)));
        }
        var hasOperatorState = object.current()
                .filter(request -> request.hasFinalizer(Api.FINALIZER)
                        || StatusMapper.recordedId(request).isPresent()
                        || request.getMetadata().getAnnotations().containsKey(Api.CREATE_INTENT))
                .isPresent();
        var clean = leaseExists ? drained : !hasOperatorState;
        // A request can be created after the process listed the preexisting ones.
        var createdDuringTerm = process == null && choices.once(2);
        leaseExists = true;
        var preexisting = object.current().isPresent() && !createdDuringTerm ? Set.of(UID) : Set.<String>of();
        trace(() -> "process begins, predecessor drained=" + clean + " preexisting=" + preexisting + " at "
                + location.projectId());
        process = new ModelProcess(
                this,
                new CreateGuard.LeaderTermStart(now, clean, preexisting),
                location,
                object.earlier(choices.draw(4) == 3 ? 1 + choices.draw(3) : 0),
                Optional.ofNullable(process));
        elapse(Duration.ofMillis(500));
    }

    /**
     * Pauses a process within a call. Other processes take over, until a step or the end of the choices lets it continue. It
     * then still has to write what it learned.
     */
    void pause(ModelProcess paused) {
        trace(() -> "  the process pauses");
        reached("a process pauses");
        begin(false);
        var continues = false;
        while (!continues && !choices.isOver() && object.current().isPresent()) {
            continues = step();
        }
        trace(() -> "a paused process continues");
        process.wake();
    }

    // ---------------------------------------------------------------- users

    private void userActs() {
        if (object.current().isEmpty()) {
            return;
        }
        var what = choices.draw(16);
        trace(() -> "user " + what);
        reached("user action " + what);
        switch (what) {
            case 0, 1 -> object.annotate(Api.PAUSED, Optional.of("true"));
            case 2, 3, 4 -> object.annotate(Api.PAUSED, Optional.empty());
            case 5, 6 -> object.annotate(Api.RETRY_CREATE, Optional.of("v" + choices.draw(2)));
            case 7 -> object.annotate(Api.RETRY_CREATE, Optional.empty());
            case 8 -> object.annotate(Api.RECONCILE_REQUESTED_AT, Optional.of("at" + choices.draw(3)));
            case 9 -> object.annotate(Api.RECONCILE_REQUESTED_AT, Optional.empty());
            case 10 -> editName("name-" + choices.draw(3));
            case 11 -> wipeStatus();
            case 12 -> removeFinalizer();
            case 13 -> object.delete(now);
            case 14 -> {
                if (object.newest().isMarkedForDeletion()) {
                    object.annotate(Api.ABANDON, Optional.of("true"));
                }
            }
            default -> editDeletionPolicy();
        }
        if (choices.once(3)) {
            // The informer shows the change later.
            return;
        }
        process.wake();
    }

    /** Writes a create intent, or removes finalizer or intent, and sometimes removes a snapshot that the forger owns. */
    private void forge() {
        if (object.current().isEmpty()) {
            return;
        }
        var forger = new IntentForger(choices, now, cloud.present());
        switch (choices.draw(8)) {
            case 0 -> object.annotate(Api.CREATE_INTENT, Optional.empty());
            case 1 -> removeFinalizer();
            default -> {
                var text = forger.intent();
                trace(() -> "  forged " + text);
                reached("a forged create intent");
                object.annotate(Api.CREATE_INTENT, Optional.of(text));
            }
        }
        process.wake();
    }

    private void editName(String name) {
        edit(name, object.newest().getSpec().deletionPolicy());
    }

    private void editDeletionPolicy() {
        if (kind.isImport() || !choices.once(3)) {
            return;
        }
        var spec = object.newest().getSpec();
        edit(
                spec.name(),
                spec.deletionPolicy() == DeletionPolicy.Delete ? DeletionPolicy.Retain : DeletionPolicy.Delete);
    }

    private void edit(String name, DeletionPolicy deletionPolicy) {
        var spec = object.newest().getSpec();
        var changed = new VolumeSnapshotRequestSpec(
                spec.source(),
                name,
                spec.description(),
                spec.force(),
                spec.metadata(),
                deletionPolicy,
                spec.readyWithin(),
                spec.ttl(),
                spec.failurePolicy(),
                spec.maxAttempts(),
                null,
                null);
        object.edit(request -> {
            request.setSpec(changed);
            request.getMetadata().setGeneration(request.getMetadata().getGeneration() + 1);
            return request;
        });
    }

    private void wipeStatus() {
        // A snapshot that is missing in the cloud and no longer recorded in Kubernetes leaves no trace.
        if (!cloud.anyMissing() && !(kind.isImport() && location.equals(OTHER_LOCATION))) {
            wiped = true;
            object.edit(request -> {
                request.setStatus(null);
                return request;
            });
        }
    }

    private void removeFinalizer() {
        if (!object.newest().isMarkedForDeletion()) {
            object.edit(request -> {
                request.getMetadata().setFinalizers(new ArrayList<>());
                return request;
            });
            process.wake();
            nextReconcile();
        }
    }

    // ---------------------------------------------------------------- the cloud

    private void cloudProgresses() {
        var present = cloud.present();
        if (!present.isEmpty()) {
            var snapshot = present.get(choices.draw(present.size()));
            if (snapshot.sentByOperator) {
                cloud.progress(snapshot, choices.draw(6));
                trace(() -> "cloud: " + snapshot + (snapshot.gone ? ", gone" : ""));
                reached("the cloud shows " + (snapshot.gone ? "no snapshot" : snapshot.status));
            }
        }
    }

    private void otherClientOfCloudActs() {
        switch (choices.draw(4)) {
            case 0 -> checks.mustNotChange(addForeign());
            case 1 -> {
                if (kind == RequestKind.KEEP && !isForged()) {
                    copyMarker();
                }
            }
            case 2 -> removeRecordedSnapshot();
            default -> importRecordedSnapshot();
        }
    }

    /** Another request shows the snapshot that the first one records. */
    private void importRecordedSnapshot() {
        if (second.isEmpty() && location.equals(LOCATION)) {
            second = StatusMapper.recordedId(object.newest())
                    .filter(id -> cloud.find(id)
                            .filter(snapshot -> snapshot.location.equals(LOCATION))
                            .isPresent())
                    .map(id -> new ModelImport(this, id, now));
            second.ifPresent(made -> {
                trace(() -> "another request imports " + made.newest().getSpec().source());
                process.wakeSecond();
            });
        }
    }

    private ModelCloud.StoredSnapshot addForeign() {
        return addForeign(choices.once(3) ? MARKER_OF_OTHER : Map.of());
    }

    private ModelCloud.StoredSnapshot addForeign(Map<String, String> metadata) {
        var name = choices.once(3) ? "autobk_snapshot_vbs_1" : "theirs";
        return cloud.addForeign(
                LOCATION, new CreateSnapshotRequest(VOLUME, name, Optional.empty(), false, metadata), now);
    }

    private void copyMarker() {
        cloud.living().stream()
                .filter(snapshot -> !now.isBefore(snapshot.visibleFrom))
                .findFirst()
                .ifPresent(owned -> {
                    var copy = cloud.addForeign(
                            owned.location,
                            new CreateSnapshotRequest(VOLUME, "copy", Optional.empty(), false, owned.metadata),
                            now);
                    trace(() -> "another client copies the marker of " + owned.id + " to " + copy.id);
                    reached("another client copies a marker");
                });
    }

    private void removeRecordedSnapshot() {
        StatusMapper.recordedId(object.newest())
                .flatMap(cloud::find)
                .filter(snapshot -> snapshot.sentByOperator && !snapshot.gone && !snapshot.deletedByOperator)
                // The operator replaces a failed snapshot, also if another client removes it first.
                .filter(snapshot -> kind != RequestKind.REPLACE || !snapshot.status.equals("error"))
                .filter(snapshot -> !checks.replaced().equals(Optional.of(snapshot.id)))
                .ifPresent(snapshot -> {
                    trace(() -> "another client removes " + snapshot.id);
                    reached("another client removes the recorded snapshot");
                    cloud.remove(snapshot, now);
                });
    }

    // ---------------------------------------------------------------- the request

    private VolumeSnapshotRequest request() {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withName("nightly")
                .withNamespace("shop")
                .withUid(UID)
                .withGeneration(1L)
                .withCreationTimestamp(START.toString())
                .withAnnotations(new HashMap<>())
                .build());
        request.setSpec(new VolumeSnapshotRequestSpec(
                imported.map(snapshot -> SnapshotSource.ofSnapshot(snapshot.id.value()))
                        .orElseGet(() -> SnapshotSource.ofVolume(VOLUME.value())),
                choices.once(3) ? "name-0" : null,
                null,
                null,
                Map.of(),
                kind == RequestKind.IMPORT_AND_KEEP ? null : DeletionPolicy.Delete,
                choices.once(3) ? "5m" : "1h",
                choices.once(4) ? "40m" : null,
                kind == RequestKind.REPLACE ? FailurePolicy.Replace : null,
                kind == RequestKind.REPLACE ? 3 : null,
                null,
                null));
        return request;
    }

    private static String describe(VolumeSnapshotRequest request) {
        var recorded = StatusMapper.read(request);
        return "v" + request.getMetadata().getResourceVersion() + " "
                + recorded.intent()
                        .map(intent -> intent.createId() + "/" + intent.createCount() + " attempt "
                                + intent.replacementAttempt() + " replaces "
                                + intent.replaces().map(Object::toString).orElse("-") + " answered "
                                + intent.answeredRetryCreate().orElse("-"))
                        .orElse("no intent")
                + ", "
                + recorded.snapshot()
                        .map(snapshot -> snapshot.id() + " " + snapshot.wireState())
                        .orElse("no snapshot")
                + ", "
                + recorded.reason().map(Object::toString).orElse("-") + (recorded.isDeleting() ? ", deleting" : "")
                + (recorded.hasFinalizer() ? "" : ", no finalizer") + ", "
                + request.getMetadata().getAnnotations().keySet();
    }
}
