/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Work on the objects of another controller. It is a part of their reconcile, so it needs no watch, no cache and no queue of its
 * own, and never writes an object at the same time as their controller. It changes Kubernetes objects only, never the cloud.
 *
 * <p>A reconcile calls it once: last, or first if the object is being deleted. It is not called after the controller has deleted
 * the object. An object from which nothing is asked must cost nothing.
 *
 * @param <T> the kind of the objects
 * @param <S> the status of this kind
 */
public interface ReconcileExtension<T extends CustomResource<?, S>, S> {
    /**
     * Does its part of the reconcile. It writes the object only through the writer, and leaves the conditions as they are.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server rejects a write of the object
     */
    FollowUp reconcile(ResourceWriter<T, S> writer, Instant now);

    /** Called once with the cache of the objects, before it is filled. Can add indexes. */
    default void attach(IndexerResourceCache<T> objects) {}

    /** Removes what this process remembers about an object that is gone. */
    default void remove(String uid) {}

    /**
     * What must follow the reconcile.
     *
     * @param within the time after which the object must be reconciled again at the latest; empty if this work does not need it
     * @param readCloud whether the next reconcile must read what the object has in the cloud, because it may be gone
     */
    record FollowUp(Optional<Duration> within, boolean readCloud) {
        public static final FollowUp NONE = new FollowUp(Optional.empty(), false);

        public static FollowUp within(Duration time) {
            return new FollowUp(Optional.of(time), false);
        }

        FollowUp and(FollowUp other) {
            return new FollowUp(
                    Stream.of(within, other.within).flatMap(Optional::stream).min(Duration::compareTo),
                    readCloud || other.readCloud);
        }
    }

    /** Returns an extension that does the work of all of these, in this order. */
    static <T extends CustomResource<?, S>, S> ReconcileExtension<T, S> all(List<ReconcileExtension<T, S>> extensions) {
        var copy = List.copyOf(extensions);
        return new ReconcileExtension<>() {
            @Override
            public FollowUp reconcile(ResourceWriter<T, S> writer, Instant now) {
                var followUp = FollowUp.NONE;
                for (var extension : copy) {
                    followUp = followUp.and(extension.reconcile(writer, now));
                }
                return followUp;
            }

            @Override
            public void attach(IndexerResourceCache<T> objects) {
                copy.forEach(extension -> extension.attach(objects));
            }

            @Override
            public void remove(String uid) {
                copy.forEach(extension -> extension.remove(uid));
            }
        };
    }

    /** Returns the extension that does nothing. */
    static <T extends CustomResource<?, S>, S> ReconcileExtension<T, S> none() {
        return all(List.of());
    }
}
