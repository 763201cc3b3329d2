/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Reads and changes snapshots as another tool does: a user of the console, the support of the provider, a backup
 * service. The call log does not contain these changes. An unknown id throws {@link NoSuchElementException}.
 */
public final class SnapshotAdmin {

    private final CloudState cloud;

    SnapshotAdmin(CloudState cloud) {
        this.cloud = cloud;
    }

    /** Returns the snapshots of all projects in any status, newest first, including those that lists leave out. */
    public List<Snapshot> living() {
        return cloud.allSnapshots();
    }

    public Optional<Snapshot> find(String id) {
        return cloud.find(id);
    }

    /** Groups the existing snapshots by the value of a metadata key. Snapshots without the key are left out. */
    public Map<String, List<Snapshot>> livingBy(String metadataKey) {
        return living().stream()
                .filter(snapshot -> snapshot.metadata().containsKey(metadataKey))
                .collect(Collectors.groupingBy(
                        snapshot -> snapshot.metadata().get(metadataKey), LinkedHashMap::new, Collectors.toList()));
    }

    /** Sets any status word and cancels the scheduled changes of the snapshot. */
    public void setStatus(String id, String word) {
        require(id, cloud.changeAsAdmin(id, snapshot -> snapshot.withStatus(word)));
    }

    public void rename(String id, String name) {
        require(id, cloud.changeAsAdmin(id, snapshot -> snapshot.renamed(name, snapshot.description(), now())));
    }

    /** Replaces all metadata. */
    public void setMetadata(String id, Map<String, String> metadata) {
        require(id, cloud.changeAsAdmin(id, snapshot -> snapshot.withMetadata(metadata, now())));
    }

    /** Removes the keys that begin with {@code prefix}; an empty prefix removes all keys. */
    public void stripMetadata(String id, String prefix) {
        require(
                id,
                cloud.changeAsAdmin(
                        id, snapshot -> snapshot.withMetadata(without(snapshot.metadata(), prefix), now())));
    }

    /** Adds the metadata of one snapshot to another. */
    public void copyMetadata(String fromId, String toId) {
        var copied = find(fromId).orElseThrow(unknown(fromId)).metadata();
        require(toId, cloud.changeAsAdmin(toId, snapshot -> {
            var all = new LinkedHashMap<>(snapshot.metadata());
            all.putAll(copied);
            return snapshot.withMetadata(all, now());
        }));
    }

    /** Removes the snapshot at once. */
    public void remove(String id) {
        if (!cloud.removeAsAdmin(id)) {
            throw unknown(id).get();
        }
    }

    /** Adds an available snapshot of another tool. */
    public Snapshot addForeign(String volumeId, String name, Map<String, String> metadata) {
        return add(volumeId, name, "available", metadata);
    }

    /** Adds a snapshot of another tool in any status. */
    public Snapshot add(String volumeId, String name, String status, Map<String, String> metadata) {
        var target = cloud.volumes().stream()
                .filter(existing -> existing.id().equals(volumeId))
                .findFirst()
                .orElseGet(() -> Volume.available(volumeId));
        return cloud.addAsAdmin(target, name, status, metadata);
    }

    private Instant now() {
        return cloud.runDueEvents();
    }

    private static Map<String, String> without(Map<String, String> metadata, String prefix) {
        return metadata.entrySet().stream()
                .filter(entry -> !entry.getKey().startsWith(prefix))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static void require(String id, Optional<Snapshot> changed) {
        changed.orElseThrow(unknown(id));
    }

    private static Supplier<NoSuchElementException> unknown(String id) {
        return () -> new NoSuchElementException("There is no snapshot " + id + ".");
    }
}
