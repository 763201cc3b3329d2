/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeState;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.RequestUse;
import io.snapshotoperator.evs.controller.request.RequestListener;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.restore.RestoreSource;
import java.math.BigInteger;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The requests whose snapshots are restored, read from the cache of the requests, so that no watch is needed. It triggers a restore
 * when its request has changed. Safe for use by many threads.
 */
public final class SourceRequests extends SimpleInboundEventSource<VolumeSnapshotRestore>
        implements RequestListener, RequestUse {
    private static final String BY_REQUEST = "request";

    /** The states of a volume that was never ready in which the cloud may still read the snapshot. */
    private static final Set<VolumeState> MAY_STILL_COPY =
            EnumSet.of(VolumeState.CREATING, VolumeState.TRANSIENT, VolumeState.UNRECOGNIZED);

    private final Map<String, Begun> begun = new ConcurrentHashMap<>();
    private volatile Optional<IndexedResourceCache<VolumeSnapshotRequest>> requests = Optional.empty();
    private volatile Optional<IndexedResourceCache<VolumeSnapshotRestore>> restores = Optional.empty();
    private volatile boolean complete;

    /**
     * A restore that sends a create request, until the cache shows its create intent.
     *
     * @param writtenVersion the resource version of the object with the intent; empty until it is written
     */
    private record Begun(ResourceID request, Optional<String> writtenVersion) {}

    public SourceRequests() {
        super("restored-requests");
    }

    @Override
    public void attach(IndexerResourceCache<VolumeSnapshotRequest> cache) {
        requests = Optional.of(cache);
    }

    /** Sets the cache of the restores, before it is filled. */
    void attachRestores(IndexerResourceCache<VolumeSnapshotRestore> cache) {
        cache.addIndexers(Map.of(BY_REQUEST, restore -> requestOf(restore).map(SourceRequests::key).stream()
                .toList()));
        restores = Optional.of(cache);
    }

    /** Tells that the caches are complete: all informers have listed. */
    public void open() {
        complete = true;
    }

    @Override
    public boolean isKnown() {
        return complete;
    }

    @Override
    public void changed(VolumeSnapshotRequest request) {
        restoresOf(ResourceID.fromResource(request))
                .forEach(restore -> propagateEvent(ResourceID.fromResource(restore)));
    }

    /** Returns the restores of a namespace; empty before the cache is known. */
    public Optional<Stream<VolumeSnapshotRestore>> restoresIn(String namespace) {
        return restores.map(cache -> cache.list(namespace));
    }

    /** Returns the restores that name the request. */
    List<VolumeSnapshotRestore> restoresOf(ResourceID request) {
        return restores.map(cache -> cache.byIndex(BY_REQUEST, key(request))).orElse(List.of());
    }

    @Override
    public boolean isBeingRestored(ResourceID request) {
        return restoresOf(request).stream().anyMatch(SourceRequests::isRunning)
                || begun.entrySet().stream()
                        .anyMatch(entry -> entry.getValue().request().equals(request)
                                && !isCached(entry.getKey(), entry.getValue()));
    }

    /**
     * Writes the create intent of a restore, unless its request has changed since the decision. The request and its restores are
     * reconciled at the same time. From the start of this call on, {@link #isBeingRestored} is true. So either this call sees the
     * deletion of the request, or the delete request for the snapshot, which asks just before it is sent, is not sent.
     *
     * @param write writes the intent and returns the written version; empty if nothing was written
     */
    boolean begin(VolumeSnapshotRestore restore, SnapshotId snapshot, Supplier<Optional<VolumeSnapshotRestore>> write) {
        var uid = restore.getMetadata().getUid();
        var request = requestOf(restore).orElseThrow();
        begun.put(uid, new Begun(request, Optional.empty()));
        var written = Optional.<VolumeSnapshotRestore>empty();
        try {
            var isUsable = sourceOf(restore) instanceof RestoreSource.Usable usable
                    && usable.snapshotId().equals(snapshot);
            written = isUsable ? write.get() : Optional.empty();
            return written.isPresent();
        } finally {
            written.map(version -> version.getMetadata().getResourceVersion())
                    .ifPresentOrElse(
                            version -> begun.put(uid, new Begun(request, Optional.of(version))),
                            () -> begun.remove(uid));
        }
    }

    /** Forgets an object that no longer exists. */
    void remove(String uid) {
        begun.remove(uid);
    }

    /** Whether the cache shows the create intent or something newer. */
    private boolean isCached(String uid, Begun create) {
        var isCached = create.writtenVersion().isPresent()
                && restoresOf(create.request()).stream()
                        .filter(restore -> restore.getMetadata().getUid().equals(uid))
                        .anyMatch(restore -> version(restore.getMetadata().getResourceVersion())
                                        .compareTo(
                                                version(create.writtenVersion().get()))
                                >= 0);
        if (isCached) {
            begun.remove(uid, create);
        }
        return isCached;
    }

    /** Resource versions of one kind are increasing integers (Kubernetes API concepts, "Resource versions"). */
    private static BigInteger version(String resourceVersion) {
        return new BigInteger(resourceVersion);
    }

    /** Whether the cloud creates the volume, or a create request of unknown outcome may have been sent. */
    private static boolean isRunning(VolumeSnapshotRestore restore) {
        var status = RestoreStatusMapper.status(restore);
        var recorded = RestoreStatusMapper.read(restore);
        if (status.volumeId() != null) {
            // The status of a missing volume stays as the cloud reported it last.
            return status.readyAt() == null
                    && MAY_STILL_COPY.contains(VolumeState.ofWire(status.volumeStatus()))
                    && !recorded.reasonIs(RestoreReason.VolumeMissing);
        }
        return status.jobId() != null || recorded.mayHaveSentCreate() && !recorded.lastCreateOutcomeIsRecorded();
    }

    private static Optional<ResourceID> requestOf(VolumeSnapshotRestore restore) {
        return Optional.ofNullable(restore.getSpec())
                .map(spec -> spec.requestRef())
                .map(reference -> reference.name())
                .map(name -> new ResourceID(name, restore.getMetadata().getNamespace()));
    }

    private static String key(ResourceID request) {
        return request.getNamespace().orElse("") + "/" + request.getName();
    }

    /** Returns the snapshot of the request that the restore names. Only what the operator wrote into its status counts. */
    RestoreSource sourceOf(VolumeSnapshotRestore restore) {
        var id = requestOf(restore).orElseThrow();
        return requests.flatMap(cache -> cache.get(id))
                .map(request -> source(restore, request))
                .orElseGet(() -> waiting("There is no VolumeSnapshotRequest " + id.getName() + " in this namespace."));
    }

    private static RestoreSource source(VolumeSnapshotRestore restore, VolumeSnapshotRequest request) {
        var name = request.getMetadata().getName();
        var spec = request.getSpec();
        var status = request.getStatus();
        if (spec == null || spec.source() == null || status == null) {
            return waiting("VolumeSnapshotRequest " + name + " has no status yet.");
        }
        if (!Objects.equals(spec.connectionRef(), restore.getSpec().connectionRef())) {
            return new RestoreSource.NotUsable(Verdict.of(RestoreReason.ConnectionMismatch));
        }
        if (request.isMarkedForDeletion()) {
            return waiting("VolumeSnapshotRequest " + name + " is being deleted.");
        }
        if (status.snapshotId() == null || !Conditions.isReady(status.conditions())) {
            return waiting("VolumeSnapshotRequest " + name + " reports "
                    + Conditions.readyReason(status.conditions()).orElse("no reason") + ".");
        }
        return new RestoreSource.Usable(
                new SnapshotId(status.snapshotId()),
                status.endpoint() == null || status.projectId() == null
                        ? Optional.empty()
                        : Optional.of(new CloudLocation(status.endpoint(), status.projectId())),
                request.getMetadata().getUid(),
                spec.source().snapshotId() != null);
    }

    private static RestoreSource waiting(String detail) {
        return new RestoreSource.NotUsable(Verdict.of(RestoreReason.WaitingForRequest, detail));
    }

    /** Whether a request of another namespace has this UID. It visits all requests, so it is for rare cases. */
    boolean isLivingElsewhere(String uid, String namespace) {
        return requests.stream()
                .flatMap(IndexedResourceCache::list)
                .map(VolumeSnapshotRequest::getMetadata)
                .anyMatch(meta -> uid.equals(meta.getUid()) && !namespace.equals(meta.getNamespace()));
    }
}
