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
 * The snapshots that exist, and what others may do to them behind the caller's back: a colleague on the console, the
 * provider's support, a backup service. Leaves no trace in the ledger. Unknown ids are the caller's mistake
 * ({@link NoSuchElementException}).
 */
public final class SnapshotAdmin {

    private final CloudState cloud;

    SnapshotAdmin(CloudState cloud) {
        this.cloud = cloud;
    }

    /** All of all projects, newest first, whatever their status; also those that lists still leave out. */
    public List<Snapshot> living() {
        return cloud.allSnapshots();
    }

    public Optional<Snapshot> find(String id) {
        return cloud.find(id);
    }

    /** The living ones by the value they carry under a key of their metadata; those without it are left out. */
    public Map<String, List<Snapshot>> livingBy(String metadataKey) {
        return living().stream()
                .filter(snapshot -> snapshot.metadata().containsKey(metadataKey))
                .collect(Collectors.groupingBy(
                        snapshot -> snapshot.metadata().get(metadataKey), LinkedHashMap::new, Collectors.toList()));
    }

    /** Sets any word; what time had in store for the snapshot no longer happens. */
    public void setStatus(String id, String word) {
        change(id, cloud.changeByHand(id, snapshot -> snapshot.withStatus(word)));
    }

    public void rename(String id, String name) {
        change(id, cloud.changeByHand(id, snapshot -> snapshot.renamed(name, snapshot.description(), now())));
    }

    /** Replaces all metadata. */
    public void setMetadata(String id, Map<String, String> metadata) {
        change(id, cloud.changeByHand(id, snapshot -> snapshot.withMetadata(metadata, now())));
    }

    /** Removes the keys that begin with {@code prefix}; all with an empty one. */
    public void stripMetadata(String id, String prefix) {
        change(
                id,
                cloud.changeByHand(id, snapshot -> snapshot.withMetadata(without(snapshot.metadata(), prefix), now())));
    }

    /** Puts the metadata of one snapshot on another, too. */
    public void copyMetadata(String fromId, String toId) {
        var copied = find(fromId).orElseThrow(unknown(fromId)).metadata();
        change(toId, cloud.changeByHand(toId, snapshot -> {
            var all = new LinkedHashMap<>(snapshot.metadata());
            all.putAll(copied);
            return snapshot.withMetadata(all, now());
        }));
    }

    /** It is gone at once. */
    public void remove(String id) {
        if (!cloud.removeByHand(id)) {
            throw unknown(id).get();
        }
    }

    /** One that somebody else took, available. */
    public Snapshot addForeign(String volumeId, String name, Map<String, String> metadata) {
        return add(volumeId, name, "available", metadata);
    }

    /** One that somebody else took, in any status. */
    public Snapshot add(String volumeId, String name, String status, Map<String, String> metadata) {
        var target = cloud.volumes().stream()
                .filter(existing -> existing.id().equals(volumeId))
                .findFirst()
                .orElseGet(() -> Volume.available(volumeId));
        return cloud.addByHand(target, name, status, metadata);
    }

    private Instant now() {
        return cloud.present();
    }

    private static Map<String, String> without(Map<String, String> metadata, String prefix) {
        return metadata.entrySet().stream()
                .filter(entry -> !entry.getKey().startsWith(prefix))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static void change(String id, Optional<Snapshot> changed) {
        changed.orElseThrow(unknown(id));
    }

    private static Supplier<NoSuchElementException> unknown(String id) {
        return () -> new NoSuchElementException("The simulated cloud has no snapshot " + id);
    }
}
