/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.CreateIntent;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.HashMap;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Holds the current version of one object during one reconcile and writes it. Every write is locked to the version that
 * the reconcile read, and the next write starts from the version that the last one returned. Not for use by several
 * threads.
 *
 * @param <T> the kind of the object
 * @param <S> the status of this kind
 */
public final class ResourceWriter<T extends CustomResource<?, S>, S> {
    /** So many conflicts in a row within one write are no coincidence: something writes the object all the time. */
    private static final int MAX_CONFLICTS = 20;

    private final ResourceStore<T> store;
    private final EventRecorder events;
    private final Instant now;
    private T resource;
    private boolean gone;
    private boolean createStarted;

    public ResourceWriter(T resource, ResourceStore<T> store, EventRecorder events, Instant now) {
        this.resource = resource;
        this.store = store;
        this.events = events;
        this.now = now;
    }

    /** Returns the version that was read or written last. */
    public T resource() {
        return resource;
    }

    public ResourceID id() {
        return ResourceID.fromResource(resource);
    }

    /**
     * Writes the create intent in one patch, and with the first one the finalizer.
     *
     * @return false if the object changed or is gone since it was read; then nothing was written
     * @throws MetadataRejectedException if the API server will reject the patch again
     */
    public boolean writeIntent(CreateIntent intent) {
        try {
            resource = patchMetadata(object -> {
                var annotations =
                        new HashMap<>(Optional.ofNullable(object.getMetadata().getAnnotations())
                                .orElseGet(HashMap::new));
                annotations.put(Api.CREATE_INTENT, CreateIntentJson.write(intent));
                object.getMetadata().setAnnotations(annotations);
                object.addFinalizer(Api.FINALIZER);
                return object;
            });
            createStarted = true;
            return true;
        } catch (KubernetesClientException rejected) {
            if (isGoneOrConflict(rejected)) {
                return false;
            }
            throw rejected;
        }
    }

    /** The create request of this reconcile was not sent, or the cloud rejected it. */
    public void createDidNothing() {
        createStarted = false;
    }

    /**
     * Records an event if this reconcile created something and the object does not exist any more. That happens if the API server
     * begins to delete the object before the create intent brings the finalizer (Kubernetes issue 77988), or if a user removes it.
     *
     * @param remaining describes what was created
     * @return whether the object does not exist any more
     */
    public boolean reportIfRemovedDuringCreate(Supplier<String> remaining) {
        var isRemoved = createStarted && isGone();
        if (isRemoved) {
            recordEvent(Verdict.of(CommonReason.RemovedDuringCreate, remaining.get()));
        }
        return isRemoved;
    }

    /**
     * Reads the object again and keeps what was read if it is the same object and meets the condition. A cache can show an
     * older state, which is not enough to delete a duplicate.
     *
     * @return whether it is the same object and meets the condition
     */
    public boolean refreshIf(Predicate<T> condition) {
        var current = readSameObject().filter(condition);
        current.ifPresent(object -> resource = object);
        return current.isPresent();
    }

    /** Whether the object does not exist any more, as an earlier read or a new one shows; false if it cannot be read. */
    private boolean isGone() {
        try {
            return gone || readSameObject().isEmpty();
        } catch (KubernetesClientException unreadable) {
            return false;
        }
    }

    /** Returns the other objects of this kind, of all namespaces, as the cache knows them. */
    public Stream<T> others() {
        return store.others(resource);
    }

    public void addFinalizer() {
        addFinalizer(Api.FINALIZER);
    }

    /** @throws MetadataRejectedException if the API server will reject the patch again */
    public void addFinalizer(String finalizer) {
        resource = patchMetadata(object -> {
            object.addFinalizer(finalizer);
            return object;
        });
    }

    /**
     * Removes the finalizer and records the event. The event comes second, so that a reconcile that starts before the cache
     * knows that the object is gone records no second one.
     *
     * @return false if the object was already gone, as in a reconcile that starts before the cache knows it
     */
    public boolean removeFinalizer(Optional<Verdict> event) {
        var removed = removeFinalizer(Api.FINALIZER);
        if (removed) {
            event.ifPresent(this::recordEvent);
        }
        return removed;
    }

    /**
     * @return false if the object was already gone
     * @throws MetadataRejectedException if the API server will reject the patch again
     */
    public boolean removeFinalizer(String finalizer) {
        try {
            resource = patchMetadata(object -> {
                object.removeFinalizer(finalizer);
                return object;
            });
            return true;
        } catch (KubernetesClientException rejected) {
            if (rejected.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw rejected;
            }
            return false;
        }
    }

    /** Records the event and deletes the object. */
    public void delete(Optional<Verdict> event) {
        event.ifPresent(this::recordEvent);
        store.delete(resource);
    }

    /**
     * Writes the next status if it differs from the current one.
     *
     * @param next computes the next status from the current version
     * @return whether it differed
     */
    public boolean patchStatus(Function<T, S> next) {
        var status = next.apply(resource);
        if (status.equals(resource.getStatus())) {
            return false;
        }
        resource = store.patchStatus(resource, object -> {
            object.setStatus(status);
            return object;
        });
        return true;
    }

    /**
     * Writes the status that records an id which only this process knows. After a conflict it reads the object again and
     * repeats the write, as long as it is the same object and does not record another id. If the write fails in the end,
     * the next reconcile finds what was created by its ownership marker.
     *
     * @param next computes the next status from the current version
     * @param recordsOther whether a version records an id that the new one must not replace
     * @throws KubernetesClientException if the API server rejects the write, or the object is gone or records another id
     */
    public void recordId(Function<T, S> next, Predicate<T> recordsOther) {
        for (var conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
            try {
                patchStatus(next);
                return;
            } catch (KubernetesClientException rejected) {
                if (!isGoneOrConflict(rejected)) {
                    throw rejected;
                }
                resource = readSameObject().filter(recordsOther.negate()).orElseThrow(() -> rejected);
            }
        }
        throw new IllegalStateException(
                "The status of " + id() + " could not be written: " + MAX_CONFLICTS + " conflicts in a row.");
    }

    public void recordEvent(Verdict verdict) {
        events.record(resource, verdict, now);
    }

    /** @throws MetadataRejectedException if the API server will reject the patch again */
    private T patchMetadata(UnaryOperator<T> change) {
        try {
            return store.patchMetadata(resource, change);
        } catch (KubernetesClientException rejected) {
            throw MetadataRejectedException.isDefinite(rejected) ? new MetadataRejectedException(rejected) : rejected;
        }
    }

    private Optional<T> readSameObject() {
        var uid = resource.getMetadata().getUid();
        var current = store.read(resource)
                .filter(found -> uid.equals(found.getMetadata().getUid()));
        gone = current.isEmpty();
        return current;
    }

    private static boolean isGoneOrConflict(KubernetesClientException rejected) {
        return rejected.getCode() == HttpURLConnection.HTTP_CONFLICT
                || rejected.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
    }
}
