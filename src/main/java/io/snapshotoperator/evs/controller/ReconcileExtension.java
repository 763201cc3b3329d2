/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.fabric8.kubernetes.client.CustomResource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Work on the objects of another controller. It is a part of their reconcile, so it needs no watch, no cache and no queue of its
 * own, and never writes an object at the same time as their controller. It changes Kubernetes objects only, never the cloud.
 *
 * <p>A reconcile calls it once: last, or first if the object is being deleted. An object from which nothing is asked must cost
 * nothing.
 *
 * @param <T> the kind of the objects
 * @param <S> the status of this kind
 */
@FunctionalInterface
public interface ReconcileExtension<T extends CustomResource<?, S>, S> {
    /**
     * Does its part of the reconcile. It writes the object only through the writer, and leaves the conditions as they are.
     *
     * @return when the object must be reconciled again at the latest; empty if this work does not need it
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server rejects a write of the object
     */
    Optional<Duration> reconcile(ResourceWriter<T, S> writer, Instant now);

    /** Returns the extension that does nothing. */
    static <T extends CustomResource<?, S>, S> ReconcileExtension<T, S> none() {
        return (writer, now) -> Optional.empty();
    }
}
