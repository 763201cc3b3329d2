/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.leader;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The lock of the leader election. In addition to the lock of fabric8, the Lease records whether its last holder was drained,
 * and the lock records when this process last renewed the Lease. The create path depends on both.
 */
final class DrainAwareLeaseLock implements Lock, LeadershipGuard {
    /** Set by a holder that releases the Lease when none of its create requests can still reach the cloud. */
    static final String DRAINED = "evs.snapshot-operator.io/drained";

    private record Renewal(long nanos, Instant wall) {}

    private final String namespace;
    private final String name;
    private final String identity;
    private final Duration duration;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    private Optional<Lease> last = Optional.empty();
    private volatile Optional<Renewal> renewal = Optional.empty();
    private volatile Predecessor predecessor = Predecessor.UNCLEAN;
    private volatile boolean released;

    /**
     * @param identity random for each process: a restarted container is another holder
     * @param nanoTime the monotonic clock
     */
    DrainAwareLeaseLock(
            String namespace,
            String name,
            String identity,
            Duration duration,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.namespace = namespace;
        this.name = name;
        this.identity = identity;
        this.duration = duration;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /**
     * Measures from before the renewal request was sent, with two clocks: the monotonic clock stops while a machine is
     * suspended, and the wall clock can be set.
     */
    @Override
    public boolean isHeldFor(Duration time) {
        return !released && renewal.filter(last -> isValidFor(time, last)).isPresent();
    }

    private boolean isValidFor(Duration time, Renewal last) {
        var monotonicAge = Duration.ofNanos(nanoTime.getAsLong() - last.nanos());
        var wallAge = Duration.between(last.wall(), clock.instant());
        return !wallAge.isNegative()
                && monotonicAge.plus(time).compareTo(duration) < 0
                && wallAge.plus(time).compareTo(duration) < 0;
    }

    /** Returns the state that the last holder left; {@code UNCLEAN} until this process holds the Lease. */
    Predecessor predecessor() {
        return predecessor;
    }

    @Override
    public synchronized LeaderElectionRecord get(KubernetesClient client) {
        last = Optional.ofNullable(
                client.leases().inNamespace(namespace).withName(name).get());
        return last.map(DrainAwareLeaseLock::record).orElse(null);
    }

    @Override
    public synchronized void create(KubernetesClient client, LeaderElectionRecord record) {
        requireNotResigned();
        var sentAt = now();
        last = Optional.of(client.leases()
                .inNamespace(namespace)
                .resource(lease(record, null, false))
                .create());
        predecessor = Predecessor.NONE;
        renewal = Optional.of(sentAt);
    }

    @Override
    public synchronized void update(KubernetesClient client, LeaderElectionRecord record) {
        requireNotResigned();
        var before = last.orElseThrow();
        var sentAt = now();
        write(client, record, before, false);
        if (!identity.equals(before.getSpec().getHolderIdentity())) {
            predecessor = isDrained(before) ? Predecessor.DRAINED : Predecessor.UNCLEAN;
        }
        renewal = Optional.of(sentAt);
    }

    private void requireNotResigned() {
        if (released) {
            throw new IllegalStateException("This process resigned and must not acquire the Lease again.");
        }
    }

    /**
     * Releases the Lease as drained if this process holds it. Call it only after {@link #stopClaimingLeadership()}, and only
     * when no create request can still reach the cloud: the next holder creates without a wait.
     */
    synchronized void release(KubernetesClient client) {
        var lease = client.leases().inNamespace(namespace).withName(name).get();
        if (lease != null && identity.equals(lease.getSpec().getHolderIdentity())) {
            var time = clock.instant().atZone(ZoneOffset.UTC);
            var record = new LeaderElectionRecord("", Duration.ofSeconds(1), time, time, transitions(lease));
            write(client, record, lease, true);
        }
    }

    /** Ends every claim of this process. The Lease itself stays until it expires or {@link #release} releases it. */
    void stopClaimingLeadership() {
        released = true;
        renewal = Optional.empty();
    }

    private void write(KubernetesClient client, LeaderElectionRecord record, Lease before, boolean drained) {
        // Locked to the version that was read: of two processes that acquire the Lease at once, one gets a conflict.
        last = Optional.of(client.leases()
                .inNamespace(namespace)
                .resource(lease(record, before.getMetadata().getResourceVersion(), drained))
                .patch(PatchContext.of(PatchType.JSON_MERGE)));
    }

    private Lease lease(LeaderElectionRecord record, String version, boolean drained) {
        return new LeaseBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .withResourceVersion(version)
                .withAnnotations(Map.of(DRAINED, Boolean.toString(drained)))
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(record.getHolderIdentity())
                .withLeaseDurationSeconds(
                        (int) Math.max(1, record.getLeaseDuration().toSeconds()))
                .withAcquireTime(record.getAcquireTime())
                .withRenewTime(record.getRenewTime())
                .withLeaseTransitions(record.getLeaderTransitions())
                .endSpec()
                .build();
    }

    private static boolean isDrained(Lease lease) {
        var annotations = lease.getMetadata().getAnnotations();
        var holder = lease.getSpec().getHolderIdentity();
        return (holder == null || holder.isEmpty()) && annotations != null && "true".equals(annotations.get(DRAINED));
    }

    private static LeaderElectionRecord record(Lease lease) {
        var spec = lease.getSpec();
        var epoch = ZonedDateTime.ofInstant(Instant.EPOCH, ZoneOffset.UTC);
        return new LeaderElectionRecord(
                Optional.ofNullable(spec.getHolderIdentity()).orElse(""),
                Duration.ofSeconds(
                        Optional.ofNullable(spec.getLeaseDurationSeconds()).orElse(0)),
                Optional.ofNullable(spec.getAcquireTime()).orElse(epoch),
                Optional.ofNullable(spec.getRenewTime()).orElse(epoch),
                transitions(lease));
    }

    private static int transitions(Lease lease) {
        return Optional.ofNullable(lease.getSpec().getLeaseTransitions()).orElse(0);
    }

    private Renewal now() {
        return new Renewal(nanoTime.getAsLong(), clock.instant());
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public String describe() {
        return "Lease " + namespace + "/" + name + " of " + identity;
    }
}
