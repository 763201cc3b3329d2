/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.snapshotoperator.evs.cloud.http.SteppedClock;
import io.snapshotoperator.evs.testing.Cluster;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DrainAwareLeaseLockTest {
    private static final String NAMESPACE = "evs";
    private static final String NAME = "lease";
    private static final Duration DURATION = Duration.ofSeconds(45);
    private static final Duration LONGEST_CALL = Duration.ofSeconds(20);

    private final Cluster cluster = Cluster.embedded();
    private final KubernetesClient client = cluster.client();
    private final SteppedClock clock = new SteppedClock();
    private final AtomicLong nanos = new AtomicLong();
    private final DrainAwareLeaseLock lock = lock("me");

    @AfterEach
    void close() {
        cluster.close();
    }

    private DrainAwareLeaseLock lock(String identity) {
        return new DrainAwareLeaseLock(NAMESPACE, NAME, identity, DURATION, clock, nanos::get);
    }

    @Test
    void holdsNothingBeforeItAcquiresLease() {
        assertThat(lock.isHeldFor(Duration.ZERO)).isFalse();
        assertThat(lock.predecessor()).isEqualTo(Predecessor.UNCLEAN);
        assertThat(lock.get(client)).isNull();
    }

    @Test
    void findsNoPredecessorWhenItCreatesLease() {
        lock.get(client);
        lock.create(client, recordOf("me"));

        assertThat(lock.predecessor()).isEqualTo(Predecessor.NONE);
        assertThat(lock.isHeldFor(LONGEST_CALL)).isTrue();
        assertThat(isDrained()).isFalse();
    }

    @Test
    void findsDrainedPredecessorAndClearsAnnotation() {
        leaseOf("", "true");
        acquire(lock, "me");

        assertThat(lock.predecessor()).isEqualTo(Predecessor.DRAINED);
        assertThat(isDrained()).isFalse();
    }

    @Test
    void findsUncleanPredecessorWhenItLeftAsHolder() {
        leaseOf("other", "true");
        acquire(lock, "me");

        assertThat(lock.predecessor()).isEqualTo(Predecessor.UNCLEAN);
    }

    @Test
    void findsUncleanPredecessorWhenReleasedLeaseIsNotDrained() {
        leaseOf("", "false");
        acquire(lock, "me");

        assertThat(lock.predecessor()).isEqualTo(Predecessor.UNCLEAN);
    }

    @Test
    void findsUncleanPredecessorWhenLeaseHasNoAnnotation() {
        leaseOf("", null);
        acquire(lock, "me");

        assertThat(lock.predecessor()).isEqualTo(Predecessor.UNCLEAN);
    }

    @Test
    void remembersPredecessorWhenItRenews() {
        leaseOf("", "true");
        acquire(lock, "me");
        acquire(lock, "me");

        assertThat(lock.predecessor()).isEqualTo(Predecessor.DRAINED);
    }

    @Test
    void losesConflictWhenTwoAcquireAtOnce() {
        leaseOf("", "true");
        var other = lock("other");
        lock.get(client);
        acquire(other, "other");

        assertThatExceptionOfType(KubernetesClientException.class)
                .isThrownBy(() -> lock.update(client, recordOf("me")))
                .satisfies(conflict -> assertThat(conflict.getCode()).isEqualTo(HttpURLConnection.HTTP_CONFLICT));
        assertThat(lock.isHeldFor(Duration.ZERO)).isFalse();
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("other");
    }

    @Test
    void measuresRenewalWithWallClock() {
        acquire(lock, "me");

        clock.step(Duration.ofSeconds(24));
        assertThat(lock.isHeldFor(LONGEST_CALL)).isTrue();
        clock.step(Duration.ofSeconds(1));
        assertThat(lock.isHeldFor(LONGEST_CALL)).isFalse();
    }

    @Test
    void measuresRenewalWithMonotonicClock() {
        acquire(lock, "me");

        nanos.addAndGet(Duration.ofSeconds(24).toNanos());
        assertThat(lock.isHeldFor(LONGEST_CALL)).isTrue();
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(lock.isHeldFor(LONGEST_CALL)).isFalse();
    }

    @Test
    void holdsNothingWhenWallClockIsSetBack() {
        acquire(lock, "me");
        clock.step(Duration.ofMillis(-1));

        assertThat(lock.isHeldFor(LONGEST_CALL)).isFalse();
    }

    @Test
    void holdsAgainAfterRenewal() {
        acquire(lock, "me");
        clock.step(Duration.ofSeconds(30));
        acquire(lock, "me");

        assertThat(lock.isHeldFor(LONGEST_CALL)).isTrue();
    }

    @Test
    void holdsNothingAfterItStopsClaimingLeadership() {
        acquire(lock, "me");
        lock.stopClaimingLeadership();

        assertThat(lock.isHeldFor(Duration.ZERO)).isFalse();
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> lock.update(client, recordOf("me")));
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> lock.create(client, recordOf("me")));
        assertThat(lock.isHeldFor(Duration.ZERO)).isFalse();
    }

    @Test
    void releasesOwnLeaseAsDrained() {
        acquire(lock, "me");
        lock.stopClaimingLeadership();
        lock.release(client);

        assertThat(lease().getSpec().getHolderIdentity()).isEmpty();
        assertThat(isDrained()).isTrue();
    }

    @Test
    void doesNotReleaseLeaseOfAnotherProcess() {
        leaseOf("other", "false");
        lock.release(client);

        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("other");
        assertThat(isDrained()).isFalse();
    }

    @Test
    void releasesNothingWhenLeaseIsDeleted() {
        lock.release(client);

        assertThat(lock.get(client)).isNull();
    }

    private void acquire(DrainAwareLeaseLock acquiring, String identity) {
        if (acquiring.get(client) == null) {
            acquiring.create(client, recordOf(identity));
        } else {
            acquiring.update(client, recordOf(identity));
        }
    }

    private LeaderElectionRecord recordOf(String holder) {
        var time = clock.instant().atZone(ZoneOffset.UTC);
        return new LeaderElectionRecord(holder, DURATION, time, time, 0);
    }

    private void leaseOf(String holder, String drained) {
        client.resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName(NAME)
                        .withAnnotations(drained == null ? null : Map.of(DrainAwareLeaseLock.DRAINED, drained))
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity(holder)
                        .withLeaseDurationSeconds(1)
                        .endSpec()
                        .build())
                .create();
    }

    private Lease lease() {
        return client.leases().inNamespace(NAMESPACE).withName(NAME).get();
    }

    private boolean isDrained() {
        return "true".equals(lease().getMetadata().getAnnotations().get(DrainAwareLeaseLock.DRAINED));
    }
}
