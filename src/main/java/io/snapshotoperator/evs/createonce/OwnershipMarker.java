/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudVolume;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The entries in the metadata of a snapshot that say which object it belongs to. The marker is the identity of a
 * snapshot; a name is not. The keys contain no slash, because Cinder's create call rejects it
 * (kubernetes/cloud-provider-openstack issue 1435).
 *
 * @param createId the id of the create request
 * @param installation the installation of the operator that sent the create request; the operator never changes a
 *     snapshot of another installation
 * @param namespace only for reports and import manifests
 * @param name only for reports and import manifests
 */
public record OwnershipMarker(String uid, String createId, String installation, String namespace, String name) {
    /** The reserved prefix of metadata keys. The CRD rejects it in {@code spec.metadata}. */
    public static final String PREFIX = "evs-snapshot-operator.";

    public static final String UID = PREFIX + "uid";
    static final String CREATE_ID = PREFIX + "create-id";
    public static final String INSTALLATION = PREFIX + "installation";
    static final String NAMESPACE = PREFIX + "namespace";
    static final String NAME = PREFIX + "name";

    public OwnershipMarker {
        Objects.requireNonNull(uid);
        Objects.requireNonNull(createId);
        Objects.requireNonNull(installation);
        Objects.requireNonNull(namespace);
        Objects.requireNonNull(name);
    }

    /** Returns the marker of a snapshot; empty if its metadata contains no UID. Every other entry can be missing. */
    public static Optional<OwnershipMarker> of(CloudSnapshot snapshot) {
        return of(snapshot.metadata());
    }

    /** Returns the marker of a volume; empty if its metadata contains no UID. Every other entry can be missing. */
    public static Optional<OwnershipMarker> of(CloudVolume volume) {
        return of(volume.metadata());
    }

    private static Optional<OwnershipMarker> of(Map<String, String> metadata) {
        return Optional.ofNullable(metadata.get(UID))
                .map(uid -> new OwnershipMarker(
                        uid,
                        metadata.getOrDefault(CREATE_ID, ""),
                        metadata.getOrDefault(INSTALLATION, ""),
                        metadata.getOrDefault(NAMESPACE, ""),
                        metadata.getOrDefault(NAME, "")));
    }

    /** Returns the user's metadata with the entries of this marker. */
    public Map<String, String> addTo(Map<String, String> metadata) {
        var all = new TreeMap<>(metadata);
        all.put(UID, uid);
        all.put(CREATE_ID, createId);
        all.put(INSTALLATION, installation);
        all.put(NAMESPACE, namespace);
        all.put(NAME, name);
        return all;
    }

    /** Whether the marker names this object and this installation. */
    public boolean belongsTo(ObjectIdentity owner, String installation) {
        return uid.equals(owner.uid()) && this.installation.equals(installation);
    }
}
