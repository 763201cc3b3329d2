/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.api.v1alpha1.ConnectionRef;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.CloudConnections.ConnectionResolution;
import io.snapshotoperator.evs.poll.WatchedState;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CloudConnectionRegistryTest {
    private final CloudConnection connection = new ScriptedClient().connection(CallBudget.unlimited(), () -> NOON);
    private final CloudConnectionRegistry registry = new CloudConnectionRegistry(connection);

    @Test
    void resolvesMissingReferenceToDefaultConnection() {
        assertThat(registry.resolve("shop", null)).isEqualTo(new ConnectionResolution.Resolved(connection));
    }

    @Test
    void reportsThatOtherConnectionIsNotSupported() {
        assertThat(registry.resolve("shop", new ConnectionRef("project-b")))
                .isEqualTo(new ConnectionResolution.Unresolved(Verdict.of(CommonReason.ConnectionNotSupported)));
    }

    @Test
    void removesObjectFromPoller() {
        var creating = new WatchedState(new SnapshotId("s-1"), "creating", Optional.of("snap"), false);
        connection.poller().watch(new ResourceID("nightly", "shop"), "uid-1", creating);
        assertThat(registry.inFlight()).isEqualTo(1);

        registry.removeObject("uid-1");

        assertThat(registry.inFlight()).isZero();
    }
}
