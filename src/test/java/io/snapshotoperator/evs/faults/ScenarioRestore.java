/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.simulator.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One restore of a run: what users do with it, and what the run did so far. Several threads write it. */
final class ScenarioRestore implements UserObject {
    /** What happens to a restore, in addition to the planned faults. */
    enum Scenario {
        PLAIN,
        /** Deleted with its volume when the volume is restored. */
        DELETED,
        /** Deleted with its volume some time after it was applied. */
        DELETED_EARLY,
        /** Deleted some time after it was applied. Its volume stays. */
        RETAINED,
        /** Its status is removed some time after it was applied. */
        WIPED,
        /** Its finalizer and annotations are removed some time after it was applied. */
        STRIPPED,
        /** Its job fails and creates nothing. */
        JOB_FAILED,
        /** Its job fails and leaves a volume, which is deleted with it. */
        VOLUME_FAILED,
        /** The cloud forgets its job, and creates the volume. */
        JOB_FORGOTTEN,
        /** A user deletes its request while the volume is created. */
        SOURCE_DELETED;

        /** What the cloud does with its create request; empty for nothing unusual. */
        Optional<Fault> fault() {
            return switch (this) {
                case JOB_FAILED -> Optional.of(Fault.JOB_FAILS_WITHOUT_VOLUME);
                case VOLUME_FAILED -> Optional.of(Fault.VOLUME_ENDS_IN_ERROR);
                case JOB_FORGOTTEN -> Optional.of(Fault.JOB_FORGOTTEN);
                default -> Optional.empty();
            };
        }

        DeletionPolicy policy() {
            return switch (this) {
                case DELETED, DELETED_EARLY, WIPED, VOLUME_FAILED -> DeletionPolicy.Delete;
                default -> DeletionPolicy.Retain;
            };
        }

        boolean needsUserAction() {
            return switch (this) {
                case DELETED, DELETED_EARLY, RETAINED, WIPED, STRIPPED -> true;
                default -> false;
            };
        }
    }

    private final Scenario scenario;
    private final ScenarioRequest source;
    private final Duration offset;
    private volatile String uid = "";
    private volatile Instant appliedAt = Instant.MAX;
    private volatile boolean acted;
    private volatile boolean deleted;
    private volatile boolean stripped;
    private volatile boolean wiped;
    private volatile boolean everStripped;

    /** @param source the request that it restores */
    ScenarioRestore(Scenario scenario, ScenarioRequest source, Duration offset) {
        this.scenario = scenario;
        this.source = source;
        this.offset = offset;
    }

    Scenario scenario() {
        return scenario;
    }

    ScenarioRequest source() {
        return source;
    }

    /** How long after it was applied a user acts. */
    Duration offset() {
        return offset;
    }

    @Override
    public String name() {
        return source.name() + "-restore";
    }

    @Override
    public Resource<VolumeSnapshotRestore> in(KubernetesClient kubernetes, String namespace) {
        return kubernetes
                .resources(VolumeSnapshotRestore.class)
                .inNamespace(namespace)
                .withName(name());
    }

    @Override
    public boolean isProtected() {
        return false;
    }

    String uid() {
        return uid;
    }

    Instant appliedAt() {
        return appliedAt;
    }

    boolean isApplied() {
        return !uid.isEmpty();
    }

    void recordApplied(String newUid, Instant now) {
        uid = newUid;
        appliedAt = now;
    }

    /** Whether nothing more happens to it until the end of the run. */
    boolean isActed() {
        return isApplied() ? acted || deleted || !scenario.needsUserAction() : source.isDeleted();
    }

    void recordActed() {
        acted = true;
    }

    boolean isDeleted() {
        return deleted;
    }

    @Override
    public void recordDeleted() {
        deleted = true;
    }

    /** Whether a user removed the finalizer, so that the object can be deleted without the operator. */
    boolean isStripped() {
        return stripped;
    }

    /** Whether a user removed the finalizer at any time. */
    boolean wasStripped() {
        return everStripped;
    }

    @Override
    public void recordStripped() {
        stripped = true;
        everStripped = true;
    }

    /** The object has its finalizer again. From now on it cannot be deleted without the operator. */
    void recordFinalizerRestored() {
        stripped = false;
    }

    /** Whether a user removed the status at any time, and with it what the operator knew. */
    boolean wasWiped() {
        return wiped;
    }

    @Override
    public void recordWiped() {
        wiped = true;
    }

    @Override
    public String toString() {
        return name() + " (" + scenario + (deleted ? ", deleted" : "") + (wiped ? ", status removed" : "")
                + (everStripped ? ", finalizer removed" : "") + ", " + uid + ")";
    }
}
