/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A store with one object in memory that compares resource versions as the API server does. */
public final class FakeStore<T extends CustomResource<?, S>, S> implements ResourceStore<T> {
    private final Deque<Runnable> beforeWrites = new ArrayDeque<>();
    private final List<String> writes = new ArrayList<>();
    private final List<T> others = new ArrayList<>();
    private Optional<T> stored;
    private long version = 1;

    public FakeStore(T object) {
        stored = Optional.of(object);
        object.getMetadata().setResourceVersion(String.valueOf(version));
    }

    /** Returns a copy of the stored object. */
    public T get() {
        return copy(stored.orElseThrow());
    }

    /** Returns the writes that succeeded: {@code metadata}, {@code status} or {@code delete}. */
    public List<String> writes() {
        return List.copyOf(writes);
    }

    public boolean isEmpty() {
        return stored.isEmpty();
    }

    /** Changes the object as another client. */
    public void changeByOther(Consumer<T> change) {
        var next = get();
        change.accept(next);
        store(next);
    }

    public void deleteByOther() {
        stored = Optional.empty();
    }

    /** Before the next write that has no such step yet, this happens. */
    public void beforeNextWrite(Runnable step) {
        beforeWrites.add(step);
    }

    public static KubernetesClientException rejection(int code) {
        return new KubernetesClientException("rejected", code, null);
    }

    @Override
    public T patchMetadata(T resource, UnaryOperator<T> change) {
        checkVersion(resource);
        var next = change.apply(copy(resource));
        next.setStatus(get().getStatus());
        return written("metadata", next);
    }

    @Override
    public T patchStatus(T resource, UnaryOperator<T> change) {
        checkVersion(resource);
        var next = get();
        next.setStatus(change.apply(copy(resource)).getStatus());
        return written("status", next);
    }

    @Override
    public Optional<T> read(T resource) {
        return stored.map(FakeStore::copy);
    }

    /** Adds another object to the cache. */
    public void addOther(T object) {
        others.add(object);
    }

    @Override
    public Stream<T> others(T resource) {
        return others.stream();
    }

    @Override
    public void delete(T resource) {
        checkVersion(resource);
        writes.add("delete");
        stored = Optional.empty();
    }

    private T written(String part, T next) {
        writes.add(part);
        store(next);
        return get();
    }

    private void store(T next) {
        version++;
        next.getMetadata().setResourceVersion(String.valueOf(version));
        stored = Optional.of(next);
    }

    private void checkVersion(T resource) {
        Optional.ofNullable(beforeWrites.poll()).ifPresent(Runnable::run);
        if (stored.isEmpty()) {
            throw rejection(HttpURLConnection.HTTP_NOT_FOUND);
        }
        if (!String.valueOf(version).equals(resource.getMetadata().getResourceVersion())) {
            throw rejection(HttpURLConnection.HTTP_CONFLICT);
        }
    }

    private static <R> R copy(R object) {
        return Serialization.clone(object);
    }
}
