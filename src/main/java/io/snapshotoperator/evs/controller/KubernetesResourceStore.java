/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The store of one reconcile of JOSDK. Its writes are JSON patches, because they keep the resource version; they put the
 * result into the cache and trigger no further reconcile.
 *
 * @param <T> the kind of the object
 */
public final class KubernetesResourceStore<T extends HasMetadata> implements ResourceStore<T> {
    private final Context<T> context;

    public KubernetesResourceStore(Context<T> context) {
        this.context = context;
    }

    @Override
    public T patchMetadata(T resource, UnaryOperator<T> change) {
        return context.resourceOperations().jsonPatchPrimary(resource, change);
    }

    @Override
    public T patchStatus(T resource, UnaryOperator<T> change) {
        return context.resourceOperations().jsonPatchPrimaryStatus(resource, change);
    }

    @Override
    public Optional<T> read(T resource) {
        return Optional.ofNullable(context.getClient().resource(resource).get());
    }

    @Override
    public Stream<T> others(T resource) {
        var uid = resource.getMetadata().getUid();
        return context.getPrimaryCache()
                .list(other -> !uid.equals(other.getMetadata().getUid()));
    }

    @Override
    public void delete(T resource) {
        // No two writes share a resource version, so the precondition also excludes another object of the same name.
        context.getClient()
                .resource(resource)
                .lockResourceVersion(resource.getMetadata().getResourceVersion())
                .delete();
    }
}
