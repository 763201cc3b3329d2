/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.NOON;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.VOLUME;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anIntent;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ownedSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.searchResult;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
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

/** G2: ready means {@code available} at the last look, whatever was written before and by whichever way the word came. */
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
    void onlyWhatTheLastLookCalledAvailableIsReady(
            @ForAll("words") String before,
            @ForAll("words") String now,
            @ForAll("reasons") Reason written,
            @ForAll boolean wasReady) {
        var holding = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", before)
                .withReason(written)
                .at(NOON.plusSeconds(600));
        var input = (wasReady ? holding.readySince(NOON) : holding).build();
        var snapshot = ownedSnapshot("s-1", now);

        for (var observation : List.of(
                new Observation.Found(snapshot),
                searchResult(input, snapshot),
                searchResult(input, ownedSnapshot("s-0", "available"), snapshot))) {
            SnapshotRules.decide(input, observation, "order-2")
                    .statusPatch()
                    .ifPresent(statusPatch -> isReadyOnlyIfAvailable(statusPatch, snapshot));
        }
    }

    @Property
    void whateverWayTheFirstWordCame(@ForAll("words") String word) {
        var snapshot = ownedSnapshot("s-1", word);
        var missing = anInput().withCreateIntent().build();
        var imported = anInput().ofSnapshot("s-1").build();
        var action = new Action.CreateSnapshot(anIntent(), newSnapshot(), Optional.empty());

        Stream.of(
                        SnapshotRules.decide(missing, searchResult(missing, snapshot), "order-2"),
                        SnapshotRules.decide(imported, new Observation.Found(snapshot), "order-2"),
                        SnapshotRules.afterAction(
                                anInput().withNoPriorCreate().build(), action, new CreateResult.Created(snapshot)))
                .forEach(decision ->
                        isReadyOnlyIfAvailable(decision.statusPatch().orElseThrow(), snapshot));
    }

    @Property
    void aLookThatDidNotHappenChangesNothing(@ForAll("words") String word, @ForAll("reasons") Reason written) {
        var input = anInput()
                .withCreateIntent()
                .withRecordedSnapshot("s-1", word)
                .withReason(written)
                .readyWithin(Duration.ofDays(1))
                .build();

        for (var observation : List.of(
                new Observation.Deferred(Observation.Deferred.Cause.BUDGET, Duration.ofSeconds(1)),
                new Observation.Failed(ReconcileInputBuilder.failure(CloudException.Kind.TRANSIENT, true)))) {
            assertThat(SnapshotRules.decide(input, observation, "order-2").statusPatch())
                    .isEmpty();
        }
    }

    @Test
    void waitingForAPermitToRenameOrToTidyUpIsNoReasonNotToBeReady() {
        var input = anInput()
                .named("other")
                .withCreateIntent()
                .withRecordedSnapshot("s-1", "available")
                .readySince(NOON)
                .withReason(SnapshotReason.SnapshotAvailable)
                .at(NOON.plusSeconds(600))
                .build();
        var waiting = new ActionResult.NotSent(ActionResult.NotSent.Cause.BUDGET, Duration.ofSeconds(2));
        var snapshot = ownedSnapshot("s-1", "available");
        var renaming = SnapshotRules.decide(input, new Observation.Found(snapshot), "order-2");
        var tidying = SnapshotRules.decide(
                input, searchResult(input, snapshot, ownedSnapshot("s-2", "available", "order-0")), "order-2");

        for (var after : List.of(
                SnapshotRules.afterAction(input, renaming.statusPatch().orElseThrow(), waiting),
                SnapshotRules.afterAction(
                        input,
                        (Action.DeleteSnapshot) tidying.action(),
                        tidying.statusPatch().orElseThrow(),
                        waiting))) {
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
    Arbitrary<String> words() {
        return Arbitraries.of(STATUSES);
    }
}
