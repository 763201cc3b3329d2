/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.controller.Requests.IDENTITY;
import static io.snapshotoperator.evs.controller.Requests.NOON;
import static io.snapshotoperator.evs.controller.Requests.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.Requests;
import io.snapshotoperator.evs.controller.ScriptedClient;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.snapshot.Observation;
import io.snapshotoperator.evs.snapshot.ObservationQuery;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.snapshot.RecordedStateBuilder;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CloudObserverTest {
    private static final Duration SETTLE_TIME = Duration.ofMinutes(2);
    private static final SnapshotId ID = new SnapshotId("s-1");
    private static final ResourceID OBJECT = new ResourceID(IDENTITY.name(), IDENTITY.namespace());
    private static final ObservationQuery.FindByMarker SEARCH =
            new ObservationQuery.FindByMarker(Optional.of(VOLUME), NOON, "nightly", Optional.empty());

    private final ScriptedClient client = new ScriptedClient();
    private Instant now = NOON;
    private final CloudConnection connection = client.connection(new CallBudget(10, 20), () -> now);
    private final CloudObserver observer = new CloudObserver(connection, connection.poller(), SETTLE_TIME, () -> now);

    @Test
    void endsSearchOfObjectThatNoLongerSearches() {
        IntStream.range(0, 5).forEach(number -> connection
                .poller()
                .requestInventory(new ResourceID("other-" + number), "other-" + number, NOON));
        connection.poller().requestInventory(OBJECT, IDENTITY.uid(), NOON);
        assertThat(connection.poller().shouldShareSearch("other-0")).isTrue();

        observer.observe(recorded("available", SnapshotReason.SnapshotAvailable), new ObservationQuery.None());

        assertThat(connection.poller().shouldShareSearch("other-0")).isFalse();
    }

    @Test
    void readsAfterBudgetPermitsItWhenPollerHasUpdate() {
        var state = recorded("available", SnapshotReason.SnapshotAvailable);
        observer.watch(OBJECT, state);
        connection.poller().reportLeaving("another", ID);
        while (connection.tryReserve(Lane.READ, Optional.empty()) instanceof Reservation.Granted) {
            // Uses up the budget.
        }

        assertThat(observer.observe(state, new ObservationQuery.PollerUpdate(ID)))
                .isInstanceOf(Observation.Deferred.class);
        assertThat(client.calls()).isEmpty();

        now = NOON.plusSeconds(10);
        assertThat(observer.observe(state, new ObservationQuery.PollerUpdate(ID)))
                .isInstanceOf(Observation.Found.class);
    }

    @Test
    void learnsFromReadsWhetherCloudKeepsMarker() {
        var created = RecordedStateBuilder.builder(recorded("creating", SnapshotReason.WaitingForCloud))
                .intent(Requests.firstIntent())
                .build();

        observer.observe(created, new ObservationQuery.GetById(ID));
        assertThat(connection.preservesMetadata()).isFalse();

        client.storeMetadata(Map.of(OwnershipMarker.UID, IDENTITY.uid()));
        observer.observe(created, new ObservationQuery.GetById(ID));
        assertThat(connection.preservesMetadata()).isTrue();
    }

    @Test
    void doesNotRepeatReadWhileSearchWaitsForPermit() {
        var slow = client.connection(new CallBudget(1, 1), () -> now);
        var slowObserver = new CloudObserver(slow, slow.poller(), SETTLE_TIME, () -> now);
        var state = recorded("available", SnapshotReason.SnapshotMissing);
        client.forgetSnapshots();
        slow.tryReserve(Lane.READ, Optional.empty());

        for (var attempt = 0; attempt < 5; attempt++) {
            assertThat(slowObserver.observe(state, new ObservationQuery.ConfirmGoneThenFind(ID, SEARCH)))
                    .isInstanceOf(Observation.Deferred.class);
            now = now.plusMillis(10);
        }

        assertThat(client.calls()).containsExactly("read s-1");
        assertThat(slow.recentReads().find(IDENTITY.uid(), ID, NOON.plusSeconds(29)))
                .get()
                .satisfies(read -> assertThat(read.value()).isEmpty());
        assertThat(slow.recentReads().find(IDENTITY.uid(), ID, NOON.plusSeconds(30)))
                .isEmpty();
    }

    @Test
    void prefersListToOlderReadOfSameObservation() {
        var slow = client.connection(new CallBudget(1, 1), () -> now);
        var slowObserver = new CloudObserver(slow, slow.poller(), SETTLE_TIME, () -> now);
        var state = recorded("available", SnapshotReason.SnapshotAvailable);
        var query = new ObservationQuery.GetThenFindDuplicates(ID, SEARCH);
        client.list(marked("s-1", "rollbacking"));
        slow.tryReserve(Lane.READ, Optional.empty());
        assertThat(slowObserver.observe(state, query)).isInstanceOf(Observation.Deferred.class);

        client.list(marked("s-1", "available"));
        now = now.plusSeconds(10);
        var found = (Observation.SearchResult) slowObserver.observe(state, query);

        assertThat(client.calls()).containsExactly("read s-1", "list");
        assertThat(found.matches()).extracting(CloudSnapshot::wireState).containsExactly("available");
    }

    @Test
    void readsAgainAfterFailedReadWhenPollerHasUpdate() {
        var state = recorded("available", SnapshotReason.SnapshotAvailable);
        observer.watch(OBJECT, state);
        connection.poller().reportLeaving("another", ID);
        client.failWith(ScriptedClient.failure(Kind.TRANSIENT, false));
        assertThat(observer.observe(state, new ObservationQuery.PollerUpdate(ID)))
                .isInstanceOf(Observation.Failed.class);

        client.succeed();

        assertThat(observer.observe(state, new ObservationQuery.PollerUpdate(ID)))
                .isInstanceOf(Observation.Found.class);
    }

    @Test
    void doesNotReadTransientSnapshotWithoutUpdate() {
        for (var word : List.of("creating", "deleting", "rollbacking", "backing-up", "pondering")) {
            var state = recorded(word, SnapshotReason.WaitingForCloud);
            observer.watch(OBJECT, state);

            assertThat(observer.observe(state, new ObservationQuery.PollerUpdate(ID)))
                    .isEqualTo(new Observation.Unchanged());
        }
        assertThat(client.calls()).isEmpty();
    }

    @Test
    void doesNotReadReplacedSnapshotWhilePollerShowsItsDeletion() {
        var state = recorded("deleting", SnapshotReason.ReplacingFailedSnapshot);
        observer.watch(OBJECT, state);
        var query = new ObservationQuery.ConfirmGoneThenFind(ID, SEARCH);
        assertThat(observer.observe(state, query)).isEqualTo(new Observation.Unchanged());

        connection.poller().reportLeaving("another", ID);

        observer.observe(state, query);
        assertThat(client.calls()).containsExactly("read s-1");
    }

    @Test
    void readsBeforeItDecidesAboutDeletionFromUpdate() {
        var state = RecordedStateBuilder.builder(recorded("creating", SnapshotReason.WaitingToDelete))
                .deletionRequestedAt(Instant.EPOCH)
                .build();
        observer.watch(OBJECT, state);
        connection.poller().reportLeaving("another", ID);

        observer.observe(state, new ObservationQuery.PollerUpdate(ID));

        assertThat(client.calls()).containsExactly("read s-1");
    }

    @Test
    void takesCompletedDeletionFromInventoryWithoutRead() {
        var state = RecordedStateBuilder.builder(recorded("deleting", SnapshotReason.Deleting))
                .deletionRequestedAt(NOON)
                .build();
        takeInventoryWithout(state);

        assertThat(observer.observe(state, new ObservationQuery.PollerUpdate(ID)))
                .isEqualTo(new Observation.NotFound());
        assertThat(client.calls()).containsExactly("list");
    }

    @Test
    void readsDeletedSnapshotWhoseCreationListsMayNotShowYet() {
        var state = RecordedStateBuilder.builder(recorded("deleting", SnapshotReason.Deleting))
                .deletionRequestedAt(NOON)
                .intent(Requests.firstIntent())
                .build();
        takeInventoryWithout(state);

        assertThat(observer.observe(state, new ObservationQuery.PollerUpdate(ID)))
                .isInstanceOf(Observation.Found.class);
        assertThat(client.calls()).containsExactly("list", "read s-1");
    }

    @Test
    void readsSnapshotDeletedByOthersThatInventoryDoesNotList() {
        var state = recorded("deleting", SnapshotReason.DeletingExternally);
        takeInventoryWithout(state);
        client.forgetSnapshots();

        assertThat(observer.observe(state, new ObservationQuery.PollerUpdate(ID)))
                .isEqualTo(new Observation.NotFound());
        assertThat(client.calls()).containsExactly("list", "read s-1");
    }

    private void takeInventoryWithout(RecordedState state) {
        observer.watch(OBJECT, state);
        client.list();
        now = now.plus(Duration.ofMinutes(1));
        connection.poller().tick(now);
    }

    @Test
    void listsAgainWhenInventoryShowsSeveralMatches() {
        client.list(marked("s-1", "available"), marked("s-2", "available"));
        requestSearches();
        connection.poller().tick(now);
        client.list(marked("s-1", "error"), marked("s-2", "available"));

        var found = (Observation.SearchResult)
                observer.observe(recorded("available", SnapshotReason.SnapshotAvailable), SEARCH);

        assertThat(client.calls()).containsExactly("list", "list");
        assertThat(found.matches()).extracting(CloudSnapshot::wireState).containsExactly("error", "available");
    }

    @Test
    void readsSingleMatchOfInventoryAgain() {
        client.list(marked("s-1", "available"));
        requestSearches();
        connection.poller().tick(now);
        client.list(marked("s-1", "error"));

        var found = (Observation.SearchResult)
                observer.observe(recorded("available", SnapshotReason.SnapshotAvailable), SEARCH);

        assertThat(client.calls()).containsExactly("list", "read s-1");
        assertThat(found.matches()).extracting(CloudSnapshot::wireState).containsExactly("error");
    }

    /** So many objects search that the next list is an inventory. */
    private void requestSearches() {
        IntStream.range(0, 5).forEach(number -> connection
                .poller()
                .requestInventory(new ResourceID("other-" + number), "other-" + number, NOON));
        connection.poller().requestInventory(OBJECT, IDENTITY.uid(), NOON);
        now = now.plusSeconds(1);
    }

    private static CloudSnapshot marked(String id, String word) {
        return CloudSnapshotBuilder.builder()
                .id(new SnapshotId(id))
                .wireState(word)
                .volumeId(VOLUME)
                .metadata(Map.of(OwnershipMarker.UID, IDENTITY.uid()))
                .build();
    }

    @Test
    void doesNotReadBeforeDeleteWhileDeleteRequestGetsNoPermit() {
        var state = RecordedStateBuilder.builder(recorded("available", SnapshotReason.SnapshotAvailable))
                .deletionRequestedAt(NOON)
                .build();
        var query = new ObservationQuery.GetById(ID);
        while (connection.tryReserve(Lane.DELETE, Optional.empty()) instanceof Reservation.Granted) {
            // Uses up the budget of deletes.
        }

        assertThat(observer.observe(state, query)).isInstanceOf(Observation.Deferred.class);
        assertThat(client.calls()).isEmpty();

        now = NOON.plusSeconds(10);
        assertThat(observer.observe(state, query)).isInstanceOf(Observation.Found.class);
        assertThat(connection.keptPermits().isKept(IDENTITY.uid(), now)).isTrue();
    }

    private static RecordedState recorded(String word, Reason reason) {
        return RecordedStateBuilder.builder()
                .identity(IDENTITY)
                .generation(1)
                .createdAt(NOON)
                .hasFinalizer(true)
                .intent(Optional.empty())
                .snapshot(new RecordedState.RecordedSnapshot(
                        ID, word, Optional.of(ScriptedClient.HERE), Optional.of(VOLUME), Optional.of("nightly")))
                .readyAt(Optional.empty())
                .failures(List.of())
                .reason(reason)
                .duplicates(List.of())
                .observedGeneration(1)
                .build();
    }
}
