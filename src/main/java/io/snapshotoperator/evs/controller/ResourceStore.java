/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Reads and writes one object of the Kubernetes API during one reconcile. Every write is locked to the resource version of
 * the object that it gets.
 *
 * <p>A write throws {@link io.fabric8.kubernetes.client.KubernetesClientException}: code 409 if the resource version is not
 * the current one, 404 if there is no such object, another code if the API server rejects the write or does not respond.
 *
 * @param <T> the kind of the object
 */
public interface ResourceStore<T extends HasMetadata> {
    /** Patches everything but the status. Returns the object as the API server stored it. */
    T patchMetadata(T resource, UnaryOperator<T> change);

    /** Patches the status. Returns the object as the API server stored it. */
    T patchStatus(T resource, UnaryOperator<T> change);

    /** Reads the object of the same namespace and name; empty if there is none. It can have another UID. */
    Optional<T> read(T resource);

    /** Returns the other objects of this kind, of all namespaces, as the cache knows them. */
    Stream<T> others(T resource);

    /** Deletes the object. */
    void delete(T resource);
}
