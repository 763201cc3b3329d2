/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.connection.ConnectionReason;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient
class SecretDataTest {
    private static final String PATH = "/api/v1/namespaces/shop/secrets/evs";

    KubernetesMockServer server;
    KubernetesClient client;
    private Instant now = Instant.parse("2026-11-27T12:00:00Z");
    private SecretData data;

    @BeforeEach
    void makeData() {
        data = new SecretData(client, "shop", "evs", () -> "system:serviceaccount:evs:operator", () -> now);
    }

    @Test
    void readsOnlyThisSecretAndUsesItForLessThanMinute() {
        responds(secret("old"));
        responds(secret("new"));

        assertThat(data.values()).containsEntry("password", "old");
        now = now.plusSeconds(45);
        assertThat(data.values()).containsEntry("password", "old");
        now = now.plusSeconds(10);
        assertThat(data.values()).containsEntry("password", "new");
        assertThat(server.getRequestCount()).isEqualTo(2);
    }

    @Test
    void readsAgainAfterRejectionButNotForEachRejectedCall() {
        responds(secret("old"));
        responds(secret("new"));
        data.values();

        data.onRejected();
        assertThat(data.values()).containsEntry("password", "old");
        now = now.plusSeconds(3);

        assertThat(data.values()).containsEntry("password", "new");
        assertThat(server.getRequestCount()).isEqualTo(2);
    }

    @Test
    void keepsValuesOfSecretThatIsGone() {
        responds(secret("old"));
        fails(HttpURLConnection.HTTP_NOT_FOUND);
        data.values();

        assertThat(data.check()).map(Verdict::reason).contains(ConnectionReason.SecretNotFound);
        assertThat(data.wasRead()).isTrue();
        assertThat(data.values()).containsEntry("password", "old");
    }

    @Test
    void namesMissingRight() {
        fails(HttpURLConnection.HTTP_FORBIDDEN);

        assertThat(data.check())
                .get()
                .satisfies(verdict -> assertThat(verdict.reason()).isEqualTo(ConnectionReason.SecretNotReadable))
                .extracting(Verdict::message)
                .asString()
                .contains("get on the Secret evs", "system:serviceaccount:evs:operator");
        assertThat(data.wasRead()).isFalse();
    }

    @Test
    void unreachableApiServerSaysNothingAboutSecret() {
        responds(secret("old"));
        fails(HttpURLConnection.HTTP_BAD_REQUEST);
        data.values();

        assertThat(data.check()).isEmpty();
        assertThat(data.values()).containsEntry("password", "old");
    }

    private void responds(Secret secret) {
        server.expect()
                .get()
                .withPath(PATH)
                .andReturn(HttpURLConnection.HTTP_OK, secret)
                .once();
    }

    private void fails(int status) {
        server.expect().get().withPath(PATH).andReturn(status, null).once();
    }

    private static Secret secret(String password) {
        var encoded = Base64.getEncoder().encodeToString(password.getBytes(StandardCharsets.UTF_8));
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("evs")
                .endMetadata()
                .withData(Map.of("password", encoded))
                .build();
    }
}
