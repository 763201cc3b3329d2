/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.leader.LeaderElection.LeaseSettings;
import io.snapshotoperator.evs.testing.Cluster;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaderElectionTest {
    private static final String NAMESPACE = "evs";
    private static final String NAME = "lease";
    private static final Duration MAX_WAIT = Duration.ofSeconds(20);

    private final Cluster cluster = Cluster.embedded();
    private final KubernetesClient client = new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder(cluster.client().getConfiguration())
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> changes = new CopyOnWriteArrayList<>();
    private boolean closed;

    @AfterEach
    void close() {
        threads.shutdownNow();
        client.close();
        if (!closed) {
            cluster.close();
        }
    }

    private LeaderElection election(String identity, boolean enabled) {
        return new LeaderElection(
                client,
                new LeaseSettings(enabled, NAMESPACE, NAME, Duration.ofSeconds(3), Duration.ofMillis(200)),
                identity,
                threads,
                Clock.systemUTC());
    }

    private LeaderElection start(String identity) {
        var election = election(identity, true);
        election.start(
                predecessor -> changes.add(identity + " acquired after " + predecessor),
                () -> changes.add(identity + " lost"));
        return election;
    }

    private void awaitChange(String change) {
        await().atMost(MAX_WAIT).untilAsserted(() -> assertThat(changes).contains(change));
    }

    private Lease lease() {
        return client.leases().inNamespace(NAMESPACE).withName(NAME).get();
    }

    @Test
    void acquiresMissingLease() {
        var first = start("first");
        awaitChange("first acquired after NONE");

        assertThat(first.guard().isHeldFor(Duration.ofSeconds(1))).isTrue();
        assertThat(first.predecessor()).isEqualTo(Predecessor.NONE);
        first.resign(true);
    }

    @Test
    void handsOverDrainedLease() {
        var first = start("first");
        awaitChange("first acquired after NONE");
        var second = start("second");
        first.resign(true);
        awaitChange("second acquired after DRAINED");

        assertThat(first.guard().isHeldFor(Duration.ZERO)).isFalse();
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("second");
        second.resign(true);
    }

    @Test
    void leavesLeaseToExpireWhenItIsNotDrained() {
        var first = start("first");
        awaitChange("first acquired after NONE");
        first.resign(false);
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("first");
        var second = start("second");
        awaitChange("second acquired after UNCLEAN");

        second.resign(true);
    }

    @Test
    void reportsLossWhenAnotherProcessHoldsLease() {
        var first = start("first");
        awaitChange("first acquired after NONE");
        // A renewal between the read and the write of this edit is a conflict.
        await().atMost(MAX_WAIT)
                .ignoreException(KubernetesClientException.class)
                .until(() ->
                        client.leases().inNamespace(NAMESPACE).withName(NAME).edit(LeaderElectionTest::heldByThief)
                                != null);

        awaitChange("first lost");
        first.resign(true);
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("thief");
    }

    private static Lease heldByThief(Lease lease) {
        lease.getSpec().setHolderIdentity("thief");
        lease.getSpec().setLeaseDurationSeconds(60);
        return lease;
    }

    @Test
    void resignsWhenReleaseFails() {
        var first = start("first");
        awaitChange("first acquired after NONE");
        cluster.close();
        closed = true;

        assertThatCode(() -> first.resign(true)).doesNotThrowAnyException();
        assertThat(first.guard().isHeldFor(Duration.ZERO)).isFalse();
    }

    @Test
    void leadsAtOnceWithoutLeaseWhenElectionIsDisabled() {
        var election = election("only", false);
        election.start(predecessor -> changes.add("acquired after " + predecessor), () -> changes.add("lost"));
        awaitChange("acquired after NONE");

        assertThat(election.guard().isHeldFor(Duration.ofDays(1))).isTrue();
        assertThat(lease()).isNull();
        election.resign(true);
        assertThat(lease()).isNull();
    }
}
