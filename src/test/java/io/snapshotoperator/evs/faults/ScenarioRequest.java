/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** One request of a run: what users do with it, and what the run did so far. Several threads write it. */
final class ScenarioRequest implements UserObject {
    /** What happens to a request, in addition to the planned faults. */
    enum Scenario {
        PLAIN,
        /** Its first snapshot ends in error, and its failure policy is Replace. */
        REPLACED,
        /** Deleted some time after it was applied. */
        DELETED_EARLY,
        DELETED_WHEN_READY,
        /** Deleted when ready, with {@code deletionPolicy: Retain}. */
        RETAINED,
        RENAMED,
        /** Its status is removed when it is ready. */
        WIPED,
        /** Its finalizer and create intent are removed when it is ready. It is deleted at the end. */
        STRIPPED,
        /** Its snapshot is set to error when it is ready. */
        SPOILED,
        /** Its snapshot is removed in the cloud when it is ready. */
        MISSING,
        /** Imports a snapshot that another tool created. */
        IMPORTED,
        /** Two requests import one snapshot. When both are ready, the snapshot is set to error. */
        SHARED,
        /** Imports a snapshot of another installation with {@code deletionPolicy: Delete}. Deleted when ready, then abandoned. */
        GUARDED,
        /** Deleted when ready, and created again under the same name as soon as the name is free. */
        RECREATED,
        /** As {@link #IMPORTED}. When it is ready, its user writes a create intent that says that the snapshot is replaced. */
        FORGED
    }

    private final Scenario scenario;
    private final String name;
    private final String volumeId;
    private final Duration offset;
    private final AtomicReference<String> uid = new AtomicReference<>("");
    private final Set<String> previousUids = ConcurrentHashMap.newKeySet();
    private final AtomicReference<String> importedId = new AtomicReference<>("");
    private volatile Instant appliedAt = Instant.MAX;
    private volatile boolean acted;
    private volatile boolean deleted;
    private volatile boolean stripped;
    private volatile boolean beingRecreated;

    ScenarioRequest(Scenario scenario, String name, String volumeId, Duration offset) {
        this.scenario = scenario;
        this.name = name;
        this.volumeId = volumeId;
        this.offset = offset;
    }

    Scenario scenario() {
        return scenario;
    }

    boolean is(Scenario other) {
        return scenario == other;
    }

    boolean isImport() {
        return switch (scenario) {
            case IMPORTED, FORGED, SHARED, GUARDED -> true;
            default -> false;
        };
    }

    @Override
    public String name() {
        return name;
    }

    String volumeId() {
        return volumeId;
    }

    /** How long after it was applied a user acts. */
    Duration offset() {
        return offset;
    }

    String uid() {
        return uid.get();
    }

    /** Records the UID of the object that exists now. The operator must leave nothing of a previous one. */
    void recordUid(String value) {
        var previous = uid.getAndSet(value);
        if (!previous.isEmpty() && !stripped) {
            previousUids.add(previous);
        }
    }

    /** The UIDs of the earlier objects of this name that only the operator could let go. */
    Set<String> previousUids() {
        return Set.copyOf(previousUids);
    }

    /** The snapshot that it imports; empty if it imports none. */
    String importedId() {
        return importedId.get();
    }

    void recordImportedId(String id) {
        importedId.set(id);
    }

    Instant appliedAt() {
        return appliedAt;
    }

    void recordApplied(Instant now) {
        appliedAt = now;
    }

    /** Whether the user has done what the scenario demands. */
    boolean isActed() {
        return acted || !needsUserAction();
    }

    void recordActed() {
        acted = true;
    }

    private boolean needsUserAction() {
        return switch (scenario) {
            case PLAIN, REPLACED, IMPORTED -> false;
            case DELETED_EARLY,
                    DELETED_WHEN_READY,
                    RETAINED,
                    RENAMED,
                    WIPED,
                    STRIPPED,
                    SPOILED,
                    MISSING,
                    SHARED,
                    GUARDED,
                    RECREATED,
                    FORGED -> true;
        };
    }

    boolean actsWhenReady() {
        return scenario != Scenario.DELETED_EARLY && !beingRecreated;
    }

    /** Its user has deleted it and wants to create it again. */
    void recordBeingRecreated() {
        beingRecreated = true;
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

    @Override
    public void recordStripped() {
        stripped = true;
    }

    @Override
    public void recordWiped() {
        // Everything that its status recorded is in the cloud too, except for a missing snapshot.
    }

    @Override
    public Resource<VolumeSnapshotRequest> in(KubernetesClient kubernetes, String namespace) {
        return kubernetes
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(namespace)
                .withName(name);
    }

    /** The status is the only record of a snapshot that was removed in the cloud. Nothing else can report it. */
    @Override
    public boolean isProtected() {
        return is(Scenario.MISSING);
    }

    /** The object has its finalizer again. From now on it cannot be deleted without the operator. */
    void recordFinalizerRestored() {
        stripped = false;
    }

    @Override
    public String toString() {
        return name + " (" + scenario + (deleted ? ", deleted" : "") + (stripped ? ", finalizer removed" : "") + ", "
                + uid + ")";
    }
}
