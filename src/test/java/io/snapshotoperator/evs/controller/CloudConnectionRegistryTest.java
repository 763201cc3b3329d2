/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.api.v1alpha1.ConnectionRef;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.CloudConnections.ConnectionResolution;
import io.snapshotoperator.evs.poll.WatchedState;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CloudConnectionRegistryTest {
    private final CloudConnection connection = new ScriptedClient().connection(CallBudget.unlimited(), () -> NOON);
    private Instant now = NOON;
    private final CloudConnectionRegistry registry = new CloudConnectionRegistry(connection);

    @Test
    void resolvesMissingReferenceToDefaultConnection() {
        assertThat(registry.resolve("shop", null))
                .isInstanceOfSatisfying(
                        ConnectionResolution.Resolved.class,
                        resolved -> assertThat(resolved.connection().poller()).isSameAs(connection.poller()));
    }

    @Test
    void reservesPermitsInTurnsOfNamespaces() {
        var limited = new CloudConnectionRegistry(new ScriptedClient().connection(new CallBudget(1, 1), () -> now));
        var big = ((ConnectionResolution.Resolved) limited.resolve("big", null)).connection();
        var small = ((ConnectionResolution.Resolved) limited.resolve("small", null)).connection();
        while (big.tryReserve(Lane.CREATE, Optional.empty()) instanceof Reservation.Granted) {}
        var denied = (Reservation.Denied) small.tryReserve(Lane.CREATE, Optional.empty());

        now = now.plus(denied.retryAfter());

        assertThat(big.tryReserve(Lane.CREATE, Optional.empty())).isInstanceOf(Reservation.Denied.class);
        assertThat(small.tryReserve(Lane.CREATE, Optional.empty())).isInstanceOf(Reservation.Granted.class);
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
