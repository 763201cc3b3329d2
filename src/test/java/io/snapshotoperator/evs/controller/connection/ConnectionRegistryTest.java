/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.ConnectionRef;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnectionSpec;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnectionSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.connection.SecretRef;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.connection.ServedNamespaces;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.CloudConnections.ConnectionResolution;
import io.snapshotoperator.evs.controller.ScriptedClient;
import io.snapshotoperator.evs.controller.connection.RegisteredConnection.Established;
import io.snapshotoperator.evs.createonce.ConnectionPolicy;
import io.snapshotoperator.evs.poll.WatchedState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionRegistryTest {
    private static final EvsConnectionSpec SPEC = EvsConnectionSpecBuilder.builder()
            .region("eu-de")
            .credentialsSecretRef(new SecretRef("evs"))
            .build();
    private static final ResourceID PROJECT_A = new ResourceID("project-a", "shop");
    private static final ResourceID DEFAULT = new ResourceID("default", "shop");

    private Instant now = NOON;
    private final CloudConnection own = connection();
    private final ConnectionRegistry registry =
            OwnConnection.registry(own, new ServedNamespaces(Set.of("shop"), Set.of("ops"), Set.of("ops")), () -> now);

    @AfterEach
    void stopPollers() {
        registry.close();
    }

    @Test
    void resolvesMissingReferenceToOwnConnectionInServedNamespaces() {
        var shop = resolved(registry.resolve(request("shop"), null));
        var ops = resolved(registry.resolve(request("ops"), null));

        assertThat(shop.connection().poller()).isSameAs(own.poller());
        assertThat(shop.policy()).isEqualTo(new ConnectionPolicy(false, false));
        assertThat(ops.policy()).isEqualTo(new ConnectionPolicy(true, true));
        assertThat(reason(registry.resolve(request("other"), null))).isEqualTo(CommonReason.NamespaceNotServed);
    }

    @Test
    void servesNobodyWithoutOwnConnection() {
        var all = Set.of(ServedNamespaces.ALL);
        var without = new ConnectionRegistry(
                Optional.empty(), new ServedNamespaces(all, all, all), name -> Map.of(), () -> now);

        assertThat(reason(without.resolve(request("shop"), null))).isEqualTo(CommonReason.NamespaceNotServed);
    }

    @Test
    void waitsForConnectionOfNewRequestBeforeItReportsThatNamespaceIsNotServed() {
        var request = request("other");
        request.getMetadata().setCreationTimestamp(now.toString());

        now = now.plusSeconds(9);
        assertThat(registry.resolve(request, null)).isInstanceOf(ConnectionResolution.NotKnownYet.class);
        now = now.plusSeconds(1);
        assertThat(reason(registry.resolve(request, null))).isEqualTo(CommonReason.NamespaceNotServed);
    }

    @Test
    void prefersConnectionOfNamespaceThatIsNamedDefault() {
        var theirs = connection();
        registry.update(DEFAULT, ready(theirs));

        assertThat(resolved(registry.resolve(request("shop"), null))
                        .connection()
                        .poller())
                .isSameAs(theirs.poller());
        assertThat(resolved(registry.resolve(request("ops"), null)).connection().poller())
                .isSameAs(own.poller());
    }

    @Test
    void usesNoConnectionOfAnotherNamespace() {
        registry.update(PROJECT_A, ready(connection()));

        assertThat(reason(registry.resolve(request("ops"), new ConnectionRef("project-a"))))
                .isEqualTo(CommonReason.ConnectionNotFound);
    }

    @Test
    void waitsForConnectionThatExistsAndWasNotExaminedYet() {
        registry.expect(List.of(PROJECT_A, DEFAULT));

        assertThat(registry.resolve(request("shop"), new ConnectionRef("project-a")))
                .isEqualTo(new ConnectionResolution.NotKnownYet());
        assertThat(registry.resolve(request("shop"), null)).isEqualTo(new ConnectionResolution.NotKnownYet());

        registry.remove(PROJECT_A);

        assertThat(reason(registry.resolve(request("shop"), new ConnectionRef("project-a"))))
                .isEqualTo(CommonReason.ConnectionNotFound);
    }

    @Test
    void blockedConnectionServesOnlyDeletions() {
        var problem = Verdict.of(ConnectionReason.SecretNotFound, "Its name is evs.");
        var established = ready(connection()).established();
        registry.update(PROJECT_A, new RegisteredConnection(established, true, Optional.of(problem), false));

        var verdict = ((ConnectionResolution.Unresolved)
                        registry.resolve(request("shop"), new ConnectionRef("project-a")))
                .verdict();

        assertThat(verdict.reason()).isEqualTo(CommonReason.ConnectionNotReady);
        assertThat(verdict.message()).contains("project-a", problem.message());
        assertThat(registry.resolve(deleted("shop"), new ConnectionRef("project-a")))
                .isInstanceOf(ConnectionResolution.Resolved.class);
    }

    @Test
    void deletionWithoutCredentialsNamesWhatIsMissing() {
        var problem = Verdict.of(ConnectionReason.SecretNotFound, "Its name is evs.");
        registry.update(
                PROJECT_A,
                new RegisteredConnection(ready(connection()).established(), false, Optional.of(problem), true));

        assertThat(reason(registry.resolve(deleted("shop"), new ConnectionRef("project-a"))))
                .isEqualTo(CommonReason.ConnectionNotReady);
    }

    @Test
    void connectionThatIsBeingDeletedServesOnlyObjectsThatNeedIt() {
        registry.update(
                PROJECT_A, new RegisteredConnection(ready(connection()).established(), true, Optional.empty(), true));
        var started = request("shop");
        started.addFinalizer(Api.FINALIZER);

        assertThat(registry.resolve(started, new ConnectionRef("project-a")))
                .isInstanceOf(ConnectionResolution.Resolved.class);
        assertThat(reason(registry.resolve(request("shop"), new ConnectionRef("project-a"))))
                .isEqualTo(CommonReason.ConnectionNotFound);
    }

    @Test
    void saysWhetherUpdateChangesAnything() {
        var ready = ready(connection());

        assertThat(registry.update(PROJECT_A, ready)).isTrue();
        assertThat(registry.update(PROJECT_A, ready)).isFalse();
        assertThat(registry.update(
                        PROJECT_A,
                        new RegisteredConnection(
                                ready.established(),
                                true,
                                Optional.of(Verdict.of(ConnectionReason.SecretNotFound)),
                                false)))
                .isTrue();
    }

    @Test
    void startsNoConnectionAfterClose() {
        var late = connection();
        registry.close();

        registry.update(PROJECT_A, ready(late));

        assertThatThrownBy(late::start)
                .as("its timer accepts no task any more")
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void reservesPermitsInTurnsOfNamespaces() {
        var limited = OwnConnection.everywhere(new ScriptedClient().connection(new CallBudget(1, 1), () -> now));
        var big = resolved(limited.resolve(request("big"), null)).connection();
        var small = resolved(limited.resolve(request("small"), null)).connection();
        while (big.tryReserve(Lane.CREATE, Optional.empty()) instanceof Reservation.Granted) {}
        var denied = (Reservation.Denied) small.tryReserve(Lane.CREATE, Optional.empty());

        now = now.plus(denied.retryAfter());

        assertThat(big.tryReserve(Lane.CREATE, Optional.empty())).isInstanceOf(Reservation.Denied.class);
        assertThat(small.tryReserve(Lane.CREATE, Optional.empty())).isInstanceOf(Reservation.Granted.class);
    }

    @Test
    void removesObjectFromPollersOfAllConnections() {
        var theirs = connection();
        registry.update(PROJECT_A, ready(theirs));
        var creating = new WatchedState(new SnapshotId("s-1"), "creating", Optional.of("snap"), false);
        own.poller().watch(new ResourceID("nightly", "shop"), "uid-1", creating);
        theirs.poller().watch(new ResourceID("weekly", "shop"), "uid-2", creating);
        assertThat(registry.inFlight()).isEqualTo(2);

        registry.removeObject("uid-1");
        registry.removeObject("uid-2");

        assertThat(registry.inFlight()).isZero();
    }

    @Test
    void countsOrphanThatSeveralConnectionsShowOnce() {
        var first = Set.of(new SnapshotId("s-1"), new SnapshotId("s-2"));
        registry.update(
                PROJECT_A, ready(new ScriptedClient().orphans(first).connection(CallBudget.unlimited(), () -> now)));
        registry.update(
                DEFAULT,
                ready(new ScriptedClient()
                        .orphans(Set.of(new SnapshotId("s-2")))
                        .connection(CallBudget.unlimited(), () -> now)));
        assertThat(registry.orphaned()).isEqualTo(2);

        registry.remove(PROJECT_A);

        assertThat(registry.orphaned()).isEqualTo(1);
    }

    private static RegisteredConnection ready(CloudConnection connection) {
        var basis = new ConnectionBasis("uid-a", SPEC, Optional.empty());
        return new RegisteredConnection(
                Optional.of(new Established(basis, connection, null)), true, Optional.empty(), false);
    }

    private CloudConnection connection() {
        return new ScriptedClient().connection(CallBudget.unlimited(), () -> now);
    }

    private static ConnectionResolution.Resolved resolved(ConnectionResolution resolution) {
        return (ConnectionResolution.Resolved) resolution;
    }

    private static Reason reason(ConnectionResolution resolution) {
        return ((ConnectionResolution.Unresolved) resolution).verdict().reason();
    }

    private static VolumeSnapshotRequest request(String namespace) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withNamespace(namespace)
                .withName("nightly")
                .build());
        return request;
    }

    private static VolumeSnapshotRequest deleted(String namespace) {
        var request = request(namespace);
        request.addFinalizer(Api.FINALIZER);
        request.getMetadata().setDeletionTimestamp("2026-11-27T03:00:00Z");
        return request;
    }
}
