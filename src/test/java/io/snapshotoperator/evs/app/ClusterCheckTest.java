/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.smallrye.config.PropertiesConfigSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterCheckTest {
    private static final String REQUESTS = "/apis/evs.snapshot-operator.io/v1alpha1/volumesnapshotrequests";
    private static final String CONNECTIONS = "/apis/evs.snapshot-operator.io/v1alpha1/evsconnections";
    private static final String SCHEDULES = "/apis/evs.snapshot-operator.io/v1alpha1/volumesnapshotschedules";
    private static final String RESTORES = "/apis/evs.snapshot-operator.io/v1alpha1/volumesnapshotrestores";
    private static final String LIST = REQUESTS + "?limit=1";
    private static final String WATCH = "?allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=1&watch=true";
    private static final String LIST_OF_TEAM =
            "/apis/evs.snapshot-operator.io/v1alpha1/namespaces/team/volumesnapshotrequests?limit=1";
    private static final String LEASE = "/apis/coordination.k8s.io/v1/namespaces/evs/leases/evs-snapshot-operator";

    private final KubernetesMockServer server = new KubernetesMockServer(false);
    private KubernetesClient client;

    @BeforeEach
    void start() {
        server.init();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(server.createClient().getConfiguration())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.destroy();
    }

    private static Settings settings(Map<String, String> more) {
        var values = new HashMap<>(Map.of("evs.leader-election.lease-namespace", "evs"));
        values.putAll(more);
        return SettingsReader.read(List.of(new PropertiesConfigSource(values, "test", 500)));
    }

    private void respond(String path, int code, Object body) {
        server.expect().get().withPath(path).andReturn(code, body).always();
    }

    private void serveListsAndWatches() {
        for (var kind : List.of(REQUESTS, CONNECTIONS, SCHEDULES, RESTORES)) {
            respond(kind + "?limit=1", 200, emptyList());
            server.expect()
                    .get()
                    .withPath(kind + WATCH)
                    .andUpgradeToWebSocket()
                    .open()
                    .done()
                    .always();
        }
    }

    private static Object rejection(int code, String message) {
        return new StatusBuilder().withCode(code).withMessage(message).build();
    }

    private String failure(Settings settings) {
        return ClusterFailure.describe(catchThrowableOfType(
                KubernetesClientException.class, () -> ClusterCheck.requireUsable(settings, client)));
    }

    @Test
    void acceptsClusterWithoutLease() {
        serveListsAndWatches();
        respond(LEASE, 404, rejection(404, "not found"));

        assertThatCode(() -> ClusterCheck.requireUsable(settings(Map.of()), client))
                .doesNotThrowAnyException();
    }

    @Test
    void namesMissingResourceDefinition() {
        respond(LIST, 404, "404 page not found");

        assertThat(failure(settings(Map.of())))
                .isEqualTo("The API server does not know the resource volumesnapshotrequests.evs.snapshot-operator.io,"
                        + " evsconnections.evs.snapshot-operator.io,"
                        + " volumesnapshotschedules.evs.snapshot-operator.io or"
                        + " volumesnapshotrestores.evs.snapshot-operator.io. Install the custom resource"
                        + " definitions: kubectl apply -f crds/.");
    }

    @Test
    void namesMissingRightInWatchedNamespace() {
        var message = "volumesnapshotrequests is forbidden: User \"operator\" cannot list resource";
        respond(LIST_OF_TEAM, 403, rejection(403, message));

        assertThat(failure(settings(Map.of("evs.namespaces", "team"))))
                .isEqualTo("The API server rejects a request: " + message
                        + ". Grant this right to the service account, as the roles of the chart do.");
    }

    @Test
    void namesMissingRightToWatch() {
        // Of two responses for one path, the first one counts.
        respond(CONNECTIONS + WATCH, 403, rejection(403, "forbidden"));
        serveListsAndWatches();

        assertThat(failure(settings(Map.of())))
                .isEqualTo("The API server rejects a request: User cannot watch resource \"evsconnections\" in API"
                        + " group \"evs.snapshot-operator.io\". Grant this right to the service account, as the roles"
                        + " of the chart do.");
    }

    @Test
    void namesMissingRightOnLease() {
        serveListsAndWatches();
        respond(LEASE, 403, rejection(403, "leases is forbidden"));

        assertThat(failure(settings(Map.of()))).contains("leases is forbidden");
    }

    @Test
    void doesNotReadLeaseWithoutLeaderElection() {
        serveListsAndWatches();
        respond(LEASE, 403, rejection(403, "leases is forbidden"));

        assertThatCode(() ->
                        ClusterCheck.requireUsable(settings(Map.of("evs.leader-election.enabled", "false")), client))
                .doesNotThrowAnyException();
    }

    @Test
    void describesRejectedCredentials() {
        respond(LIST, 401, rejection(401, "Unauthorized"));

        assertThat(failure(settings(Map.of())))
                .startsWith("The API server does not accept the credentials: Unauthorized. Check the token");
    }

    @Test
    void describesUnreachableApiServer() {
        server.destroy();

        assertThat(failure(settings(Map.of())))
                .startsWith("The API server is not reachable: ")
                .endsWith(". Check its address, the network policies and the kubeconfig.");
    }

    @Test
    void describesOtherResponses() {
        respond(LIST, 500, rejection(500, "etcd is down"));

        assertThat(failure(settings(Map.of())))
                .isEqualTo("The API server responds with code 500: etcd is down. Check the API server.");
    }

    private static Object emptyList() {
        return Map.of(
                "apiVersion",
                "evs.snapshot-operator.io/v1alpha1",
                "kind",
                "VolumeSnapshotRequestList",
                "metadata",
                Map.of("resourceVersion", "7"),
                "items",
                List.of());
    }
}
