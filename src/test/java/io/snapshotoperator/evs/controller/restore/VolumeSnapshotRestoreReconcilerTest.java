/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatus;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.FakeStore;
import io.snapshotoperator.evs.controller.MutatingCalls;
import io.snapshotoperator.evs.controller.ReconcileSettings;
import io.snapshotoperator.evs.controller.ScriptedClient;
import io.snapshotoperator.evs.controller.connection.OwnConnection;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.CreateGuard.LeaderTermStart;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VolumeSnapshotRestoreReconcilerTest {
    private static final Duration SETTLE_TIME = Duration.ofSeconds(60);

    private final ScriptedClient client = new ScriptedClient();
    private final FakeCache<VolumeSnapshotRequest> requestCache = new FakeCache<>();
    private final SourceRequests requests = new SourceRequests();
    private final FakeStore<VolumeSnapshotRestore, VolumeSnapshotRestoreStatus> store =
            new FakeStore<>(SourceRequestsTest.restore("1"));
    private final CreateGuard guard = new CreateGuard(new LeaderTermStart(NOON, true, Set.of()), SETTLE_TIME);
    private final VolumeSnapshotRestoreReconciler reconciler = new VolumeSnapshotRestoreReconciler(
            new MutatingCalls(guard, time -> true, () -> NOON, Duration.ofSeconds(20)),
            new EventRecorder(event -> {}, new SnapshotMetrics(new SimpleMeterRegistry())),
            OwnConnection.everywhere(client.connection(CallBudget.unlimited(), () -> NOON)),
            guard,
            requests,
            new ClaimCreator(null, false, Set.of()),
            new VolumeSnapshotRestoreReconciler.Timings(Duration.ofSeconds(2), Duration.ofMinutes(5)),
            new ReconcileSettings(
                    "cluster-1",
                    new RetryPolicy(SETTLE_TIME, Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofMinutes(5)),
                    () -> NOON,
                    delay -> delay,
                    () -> "create-1"));

    @BeforeEach
    void attachCaches() {
        requests.attach(requestCache);
        requests.attachRestores(new FakeCache<>());
        requestCache.put(SourceRequestsTest.readyRequest());
    }

    /** The request can be an import of a snapshot that belongs to a request which is not known yet. */
    @Test
    void readsAndWritesNothingUntilAllRequestsAreKnown() {
        var control = reconciler.reconcile(store.get(), store);

        assertThat(control.getScheduleDelay()).contains(1000L);
        assertThat(client.calls()).isEmpty();
        assertThat(store.writes()).isEmpty();

        requests.open();
        reconciler.reconcile(store.get(), store);

        assertThat(client.calls()).first().isEqualTo("read s-1");
    }
}
