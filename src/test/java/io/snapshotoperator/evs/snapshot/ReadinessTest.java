/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.VOLUME;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anIntent;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.denial;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ownedSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.searchResult;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.createonce.CallObstacle;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** G2: ready means {@code available} at the last observation, whatever the status recorded before. */
class ReadinessTest {
    private static final List<String> STATUSES = List.of(
            "creating",
            "available",
            "AVAILABLE",
            "error",
            "deleting",
            "error_deleting",
            "rollbacking",
            "backing-up",
            "pondering",
            "availably",
            "");

    @Provide
    static Arbitrary<Reason> reasons() {
        return Arbitraries.of(SnapshotReason.all());
    }

    @Property
    void reportsReadyOnlyIfLastObservationIsAvailable(
            @ForAll("statusWords") String before,
            @ForAll("statusWords") String now,
            @ForAll("reasons") Reason recorded,
            @ForAll boolean wasReady) {
        var builder = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", before)
                .withReason(recorded)
                .at(NOON.plusSeconds(600));
        var input = (wasReady ? builder.readySince(NOON) : builder).build();
        var snapshot = ownedSnapshot("s-1", now);

        for (var observation : List.of(
                new Observation.Found(snapshot),
                searchResult(input, snapshot),
                searchResult(input, ownedSnapshot("s-0", "available"), snapshot))) {
            SnapshotRules.decide(input, observation, "create-2")
                    .statusPatch()
                    .ifPresent(statusPatch -> isReadyOnlyIfAvailable(statusPatch, snapshot));
        }
    }

    @Property
    void reportsReadyOnlyIfFirstObservationIsAvailable(@ForAll("statusWords") String word) {
        var snapshot = ownedSnapshot("s-1", word);
        var missing = anInput().withCreateIntent().build();
        var imported = anInput().ofSnapshot("s-1").build();
        var action = new Action.CreateSnapshot(anIntent(), newSnapshot(), Optional.empty());

        Stream.of(
                        SnapshotRules.decide(missing, searchResult(missing, snapshot), "create-2"),
                        SnapshotRules.decide(imported, new Observation.Found(snapshot), "create-2"),
                        SnapshotRules.afterAction(
                                anInput().withNoPriorCreate().build(), action, new CreateResult.Created(snapshot)))
                .forEach(decision ->
                        isReadyOnlyIfAvailable(decision.statusPatch().orElseThrow(), snapshot));
    }

    @Property
    void changesNothingWithoutObservation(@ForAll("statusWords") String word, @ForAll("reasons") Reason recorded) {
        var input = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", word)
                .withReason(recorded)
                .readyWithin(Duration.ofDays(1))
                .build();

        for (var observation : List.of(
                Observation.Deferred.denied(denial(Duration.ofSeconds(1))),
                new Observation.Failed(ReconcileInputBuilder.failure(CloudException.Kind.TRANSIENT, true)))) {
            assertThat(SnapshotRules.decide(input, observation, "create-2").statusPatch())
                    .isEmpty();
        }
    }

    @Test
    void keepsReadyWhileUpdateOrDuplicateDeleteWaitsForBudget() {
        var input = anInput()
                .named("other")
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "available")
                .readySince(NOON)
                .withReason(SnapshotReason.SnapshotAvailable)
                .at(NOON.plusSeconds(600))
                .build();
        var notSent = new ActionResult.NotSent(CallObstacle.denied(denial(Duration.ofSeconds(2))));
        var snapshot = ownedSnapshot("s-1", "available");
        var updating = SnapshotRules.decide(input, new Observation.Found(snapshot), "create-2");
        var deleting = SnapshotRules.decide(
                input, searchResult(input, snapshot, ownedSnapshot("s-2", "available", "create-0")), "create-2");

        for (var after : List.of(
                SnapshotRules.afterAction(input, updating.statusPatch().orElseThrow(), notSent),
                SnapshotRules.afterAction(
                        input,
                        (Action.DeleteSnapshot) deleting.action(),
                        deleting.statusPatch().orElseThrow(),
                        notSent))) {
            assertThat(after).isEqualTo(Decision.noChange().requeueAfter(Duration.ofSeconds(2)));
        }
    }

    private static void isReadyOnlyIfAvailable(StatusPatch statusPatch, CloudSnapshot snapshot) {
        if (statusPatch.verdict().reason().phase() == Phase.READY) {
            assertThat(statusPatch.snapshot()).contains(snapshot);
            assertThat(snapshot.wireState()).isEqualToIgnoringCase("available");
        }
    }

    private static CreateSnapshotRequest newSnapshot() {
        return new CreateSnapshotRequest(VOLUME, "name", Optional.empty(), false, Map.of());
    }

    @Provide
    Arbitrary<String> statusWords() {
        return Arbitraries.of(STATUSES);
    }
}
