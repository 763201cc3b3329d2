/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.createonce.ConnectionPolicy;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServedNamespacesTest {
    private static final ConnectionPolicy CLAIMS = new ConnectionPolicy(false, false);

    @Test
    void servesNobodyByDefault() {
        assertThat(policy(new ServedNamespaces(Set.of(), Set.of(), Set.of()), "shop", Map.of()))
                .isEmpty();
    }

    @Test
    void servesListedNames() {
        var served = new ServedNamespaces(Set.of("shop"), Set.of("ops", "lab"), Set.of("ops"));

        assertThat(policy(served, "shop", Map.of())).contains(CLAIMS);
        assertThat(policy(served, "lab", Map.of())).contains(new ConnectionPolicy(true, false));
        assertThat(policy(served, "ops", Map.of())).contains(new ConnectionPolicy(true, true));
        assertThat(policy(served, "shops", Map.of())).isEmpty();
    }

    @Test
    void servesNamespacesWithLabel() {
        var served = new ServedNamespaces(Set.of("team=a"), Set.of(), Set.of());

        assertThat(policy(served, "shop", Map.of("team", "a"))).contains(CLAIMS);
        assertThat(policy(served, "shop", Map.of("team", "b"))).isEmpty();
        assertThat(policy(served, "shop", Map.of())).isEmpty();
    }

    @Test
    void permissionToDeleteImportsAloneServesNobody() {
        assertThat(policy(new ServedNamespaces(Set.of(), Set.of(), Set.of("*")), "shop", Map.of()))
                .isEmpty();
    }

    @Test
    void readsNoLabelsIfNoneAreNeeded() {
        var served = new ServedNamespaces(Set.of("shop"), Set.of(), Set.of());

        assertThat(served.policyFor("ops", () -> {
                    throw new AssertionError("labels were read");
                }))
                .isEmpty();
    }

    private static Optional<ConnectionPolicy> policy(
            ServedNamespaces served, String namespace, Map<String, String> labels) {
        return served.policyFor(namespace, () -> labels);
    }
}
