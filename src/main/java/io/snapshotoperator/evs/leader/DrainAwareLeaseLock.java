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

/**
 * The lock behind the leader election: a Lease that also tells whether its last holder left nothing under way, and that
 * knows when it was last renewed. Both are missing in fabric8's own lock, and the create path rests on both.
 */
public final class DrainAwareLeaseLock implements Lock, LeadershipGuard {
    /** Set by the holder that released the lease after its last order was answered and settled. */
    static final String DRAINED = "evs.snapshot-operator.io/drained";

    /** Who held the lease before us. */
    public enum Predecessor {
        /** There was no Lease: a first installation, or someone deleted it. */
        NONE,
        /** It left nothing under way. */
        DRAINED,
        /** It crashed, lost its lease, or was another program. */
        UNCLEAN
    }

    private record Renewal(long nanos, Instant wall) {}

    private final String namespace;
    private final String name;
    private final String identity;
    private final Duration duration;
    private final InstantSource clock;

    private Optional<Lease> last = Optional.empty();
    private volatile Optional<Renewal> renewal = Optional.empty();
    private volatile Predecessor predecessor = Predecessor.UNCLEAN;
    private volatile boolean released;

    /** @param identity random for each process: a restarted container is another holder */
    DrainAwareLeaseLock(String namespace, String name, String identity, Duration duration, InstantSource clock) {
        this.namespace = namespace;
        this.name = name;
        this.identity = identity;
        this.duration = duration;
        this.clock = clock;
    }

    /**
     * Measured from before the renewal was sent, by both clocks: the monotonic one stands still while a machine sleeps,
     * the wall clock can be set.
     */
    @Override
    public boolean isHeldFor(Duration time) {
        return !released
                && renewal.filter(last -> Duration.ofNanos(System.nanoTime() - last.nanos())
                                                .plus(time)
                                                .compareTo(duration)
                                        < 0
                                && Duration.between(last.wall(), clock.instant())
                                                .plus(time)
                                                .compareTo(duration)
                                        < 0
                                && !clock.instant().isBefore(last.wall()))
                        .isPresent();
    }

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
        var asked = now();
        last = Optional.of(client.leases()
                .inNamespace(namespace)
                .resource(lease(record, null, false))
                .create());
        predecessor = Predecessor.NONE;
        renewal = Optional.of(asked);
    }

    @Override
    public synchronized void update(KubernetesClient client, LeaderElectionRecord record) {
        if (released) {
            throw new IllegalStateException("the lease was given up by this process and is not taken again");
        }
        var before = last.orElseThrow();
        var asked = now();
        write(client, record, before, false);
        if (!identity.equals(before.getSpec().getHolderIdentity())) {
            predecessor = isDrained(before) ? Predecessor.DRAINED : Predecessor.UNCLEAN;
        }
        renewal = Optional.of(asked);
    }

    /**
     * Gives the lease up at once. Only after {@link #stopClaimingLeadership()}, and only when nothing is under way: the next holder
     * will order without waiting.
     */
    synchronized void release(KubernetesClient client) {
        var lease = client.leases().inNamespace(namespace).withName(name).get();
        if (lease != null && identity.equals(lease.getSpec().getHolderIdentity())) {
            var time = clock.instant().atZone(ZoneOffset.UTC);
            var record = new LeaderElectionRecord("", Duration.ofSeconds(1), time, time, transitions(lease));
            write(client, record, lease, true);
        }
    }

    /** Holds no longer, and leaves the lease to run out: something may still be under way. */
    void stopClaimingLeadership() {
        released = true;
        renewal = Optional.empty();
    }

    private void write(KubernetesClient client, LeaderElectionRecord record, Lease before, boolean drained) {
        // Locked to the version that was read: of two that take over at once, one gets a conflict.
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
        return new Renewal(System.nanoTime(), clock.instant());
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public String describe() {
        return "Lease " + namespace + "/" + name + " as " + identity;
    }
}
