/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Contains what the test puts into it. */
final class FakeCache<T extends HasMetadata> implements IndexerResourceCache<T> {
    private final Map<ResourceID, T> objects = new HashMap<>();
    private final Map<String, Function<T, List<String>>> indexers = new HashMap<>();

    void put(T object) {
        objects.put(ResourceID.fromResource(object), object);
    }

    void clear() {
        objects.clear();
    }

    @Override
    public void addIndexers(Map<String, Function<T, List<String>>> added) {
        indexers.putAll(added);
    }

    @Override
    public List<T> byIndex(String name, String key) {
        return list(object -> indexers.get(name).apply(object).contains(key)).toList();
    }

    @Override
    public Optional<T> get(ResourceID id) {
        return Optional.ofNullable(objects.get(id));
    }

    @Override
    public Stream<ResourceID> keys() {
        return objects.keySet().stream();
    }

    @Override
    public Stream<T> list(Predicate<T> included) {
        return objects.values().stream().filter(included);
    }

    @Override
    public Stream<T> list(String namespace, Predicate<T> included) {
        return list(included.and(object -> namespace.equals(object.getMetadata().getNamespace())));
    }
}
