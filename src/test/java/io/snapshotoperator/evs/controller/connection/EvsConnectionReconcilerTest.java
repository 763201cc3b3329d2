/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnectionSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnectionStatus;
import io.snapshotoperator.evs.api.v1alpha1.connection.SecretRef;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.connection.ConnectionReason;
import io.snapshotoperator.evs.connection.ServedNamespaces;
import io.snapshotoperator.evs.controller.CloudConnection;
import io.snapshotoperator.evs.controller.CloudConnections.ConnectionResolution;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.FakeStore;
import io.snapshotoperator.evs.controller.Requests;
import io.snapshotoperator.evs.controller.ScriptedClient;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
class EvsConnectionReconcilerTest {
    private static final String NAMESPACE = "shop";
    private static final String ALLOWED = "eu-de";
    private static final ResourceID ID = new ResourceID("default", NAMESPACE);
    private static final Duration RECHECK = Duration.ofMinutes(3);

    KubernetesClient client;
    private final ScriptedClient cloud = new ScriptedClient();
    private final ConnectionRegistry registry = new ConnectionRegistry(
            Optional.empty(), new ServedNamespaces(Set.of(), Set.of(), Set.of()), namespace -> Map.of(), () -> NOON);
    private final OneUser users = new OneUser();
    private Instant now = NOON;
    private EvsConnectionReconciler reconciler;

    @BeforeEach
    void prepare() {
        cloud.list();
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName("evs")
                        .endMetadata()
                        .addToData("accessKey", "YQ==")
                        .build())
                .create();
        reconciler = new EvsConnectionReconciler(
                client,
                registry,
                new RegionFactory(),
                users,
                new EventRecorder(event -> {}, new SnapshotMetrics(new SimpleMeterRegistry())),
                new EvsConnectionReconciler.Timings(Duration.ofSeconds(5), Duration.ofMinutes(5), RECHECK),
                () -> "operator",
                () -> now,
                delay -> delay);
    }

    @AfterEach
    void stopPollers() {
        registry.close();
    }

    @Test
    void reportsReadyAfterOneSmallList() {
        var store = store("uid-1", ALLOWED);

        var control = reconciler.reconcile(store.get(), store);

        assertThat(ready(store).getReason()).isEqualTo(ConnectionReason.ConnectionReady.name());
        assertThat(store.get().getFinalizers()).containsExactly(Api.FINALIZER);
        assertThat(cloud.calls()).containsExactly("list");
        assertThat(control.getScheduleDelay()).contains(RECHECK.toMillis());
    }

    @Test
    void triggersUsersAfterTroubleThatIsOverBeforeItIsReported() {
        var store = store("uid-1", ALLOWED);
        reconciler.reconcile(store.get(), store);
        reconciler.reconcile(store.get(), store);
        users.triggered.clear();
        reconciler.reconcile(store.get(), store);
        assertThat(users.triggered).isEmpty();

        reconciler.onTroubleChanged(ID);
        reconciler.reconcile(store.get(), store);

        assertThat(ready(store).getReason()).isEqualTo(ConnectionReason.ConnectionReady.name());
        assertThat(users.triggered).containsExactly(users.user);
    }

    @Test
    void triggersUsersOncePerMaxBackoffWhenTroubleComesBack() {
        var store = store("uid-1", ALLOWED);
        reconciler.reconcile(store.get(), store);
        users.triggered.clear();

        for (var second = 0; second <= 300; second += 50) {
            now = NOON.plusSeconds(second);
            reconciler.onTroubleChanged(ID);
            reconciler.reconcile(store.get(), store);
        }

        assertThat(users.triggered).as("at 0 and 300 seconds").hasSize(2);
    }

    @Test
    void deletionsUseLastConnectionWhileChangedSpecIsInvalid() {
        var store = store("uid-1", ALLOWED);
        reconciler.reconcile(store.get(), store);
        store.changeByOther(
                object -> object.setSpec(connection("uid-1", "elsewhere").getSpec()));

        reconciler.reconcile(store.get(), store);

        assertThat(ready(store).getReason()).isEqualTo(ConnectionReason.ConnectionInvalid.name());
        assertThat(registry.resolve(deletedRequest(), null)).isInstanceOf(ConnectionResolution.Resolved.class);
    }

    @Test
    void recreatedConnectionUsesNothingOfItsPredecessor() {
        var predecessor = store("uid-1", ALLOWED);
        reconciler.reconcile(predecessor.get(), predecessor);
        var successor = store("uid-2", "elsewhere");

        // The deletion of the predecessor can be seen only after the creation of its successor.
        reconciler.reconcile(successor.get(), successor);

        assertThat(ready(successor).getReason()).isEqualTo(ConnectionReason.ConnectionInvalid.name());
        assertThat(registry.find(ID).flatMap(RegisteredConnection::connection)).isEmpty();
        assertThat(registry.resolve(deletedRequest(), null)).isInstanceOf(ConnectionResolution.Unresolved.class);
    }

    @Test
    void recreatedConnectionWithSameSpecGetsConnectionOfItsOwn() {
        var predecessor = store("uid-1", ALLOWED);
        reconciler.reconcile(predecessor.get(), predecessor);
        var first = registry.find(ID).flatMap(RegisteredConnection::connection).orElseThrow();
        var successor = store("uid-2", ALLOWED);

        reconciler.reconcile(successor.get(), successor);

        assertThat(registry.find(ID).flatMap(RegisteredConnection::connection))
                .isPresent()
                .hasValueSatisfying(second -> assertThat(second).isNotSameAs(first));
    }

    private static FakeStore<EvsConnection, EvsConnectionStatus> store(String uid, String region) {
        return new FakeStore<>(connection(uid, region));
    }

    private static EvsConnection connection(String uid, String region) {
        var connection = new EvsConnection();
        connection.setMetadata(new ObjectMetaBuilder()
                .withName(ID.getName())
                .withNamespace(NAMESPACE)
                .withUid(uid)
                .withGeneration(1L)
                .build());
        connection.setSpec(EvsConnectionSpecBuilder.builder()
                .region(region)
                .credentialsSecretRef(new SecretRef("evs"))
                .build());
        return connection;
    }

    private static VolumeSnapshotRequest deletedRequest() {
        var request = Requests.newRequest();
        request.addFinalizer(Api.FINALIZER);
        request.getMetadata().setDeletionTimestamp(NOON.toString());
        return request;
    }

    private static Condition ready(FakeStore<EvsConnection, EvsConnectionStatus> store) {
        return store.get().getStatus().conditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .findFirst()
                .orElseThrow();
    }

    /** Makes connections to the scripted cloud, and accepts only one region. */
    private final class RegionFactory implements ConnectionFactory {
        @Override
        public CloudConnection create(ResourceID id, ConnectionBasis basis, SecretData credentials) {
            if (!basis.spec().region().equals(ALLOWED)) {
                throw InvalidConnectionException.ofSpec("spec.region is not allowed.");
            }
            return cloud.connection(CallBudget.unlimited(), () -> NOON);
        }

        @Override
        public Optional<String> problemOf(SecretData credentials) {
            return Optional.empty();
        }
    }

    /** One request uses each connection. */
    private static final class OneUser implements ConnectionUsers {
        private final ResourceID user = new ResourceID("nightly", NAMESPACE);
        private final List<ResourceID> triggered = new ArrayList<>();

        @Override
        public Optional<List<User>> of(ResourceID connection) {
            return Optional.of(List.of(new User(user, true)));
        }

        @Override
        public void trigger(ResourceID triggeredUser) {
            triggered.add(triggeredUser);
        }
    }
}
