/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Triggers the requests of a claim that is being deleted, and remembers for which requests that was. The memory is keyed by the
 * UID of the request. It only decides whether a reconcile reads claim and volume, and the list of a new leader fills it again.
 */
public final class TerminatingClaims {
    private static final String BY_CLAIM = "claim";

    private final Consumer<ResourceID> trigger;
    private final Map<String, Sighting> sightings = new ConcurrentHashMap<>();
    private volatile Optional<IndexedResourceCache<VolumeSnapshotRequest>> requests = Optional.empty();

    /** @param trigger triggers the reconcile of a request; returns at once */
    public TerminatingClaims(Consumer<ResourceID> trigger) {
        this.trigger = trigger;
    }

    /**
     * A claim that was seen while it was being deleted.
     *
     * @param volumeName the PersistentVolume that it names. It can be read only here if the claim is gone meanwhile
     */
    record Sighting(String claimUid, Optional<String> volumeName) {}

    /** Adds the index to the cache of the requests, before it is filled. */
    void attach(IndexerResourceCache<VolumeSnapshotRequest> cache) {
        // The name alone needs no further text in memory.
        cache.addIndexers(
                Map.of(BY_CLAIM, request -> claimName(request).stream().toList()));
        requests = Optional.of(cache);
    }

    private static Optional<String> claimName(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getSpec())
                .map(spec -> spec.source())
                .map(SnapshotSource::persistentVolumeClaimName);
    }

    /**
     * Triggers the requests of the claim. The same claim triggers a request once, because its author can change the claim as
     * often as he likes while a finalizer keeps it.
     *
     * @param claim is being deleted, or was deleted
     */
    public void seen(PersistentVolumeClaim claim) {
        var meta = claim.getMetadata();
        var sighting = new Sighting(
                meta.getUid(),
                Optional.ofNullable(claim.getSpec()).flatMap(spec -> Optional.ofNullable(spec.getVolumeName())));
        requests.stream()
                .flatMap(cache -> cache.byIndex(BY_CLAIM, meta.getName()).stream())
                .filter(request -> request.getMetadata().getNamespace().equals(meta.getNamespace()))
                .filter(request ->
                        !sighting.equals(sightings.put(request.getMetadata().getUid(), sighting)))
                .map(ResourceID::fromResource)
                .forEach(trigger);
    }

    /** Returns the deletion of the claim of this request; empty if none was seen. */
    Optional<Sighting> of(String requestUid) {
        return Optional.ofNullable(sightings.get(requestUid));
    }

    void remove(String requestUid) {
        sightings.remove(requestUid);
    }
}
