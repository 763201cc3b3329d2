/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What every snapshot that we order carries in its metadata, and by which we know it again. Names are for people; the
 * marker is the identity. The keys hold no slash, because Cinder's create refuses one (kubernetes/cloud-provider-openstack
 * issue 1435).
 *
 * @param createId the order that made it
 * @param installation which installation of the operator ordered it; another's snapshots are never touched
 * @param namespace for reports and import manifests only
 * @param name likewise
 */
public record OwnershipMarker(String uid, String createId, String installation, String namespace, String name) {
    /** Reserved prefix of metadata keys; the CRD refuses it in {@code spec.metadata}. */
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

    /** The marker that a snapshot bears, if it bears one: a UID is enough, the rest may have been edited away. */
    public static Optional<OwnershipMarker> of(CloudSnapshot snapshot) {
        var metadata = snapshot.metadata();
        return Optional.ofNullable(metadata.get(UID))
                .map(uid -> new OwnershipMarker(
                        uid,
                        metadata.getOrDefault(CREATE_ID, ""),
                        metadata.getOrDefault(INSTALLATION, ""),
                        metadata.getOrDefault(NAMESPACE, ""),
                        metadata.getOrDefault(NAME, "")));
    }

    /**
     * Whether a backup service made the snapshot: such are for looking at only (OTC user manual, and the EVS API's page on
     * reading a snapshot: {@code __system__enableActive}).
     */
    public static boolean isBackup(CloudSnapshot snapshot) {
        return snapshot.name()
                        .filter(name -> name.startsWith("autobk_snapshot_") || name.startsWith("manualbk_snapshot_"))
                        .isPresent()
                || snapshot.metadata().containsKey("__system__enableActive");
    }

    /** The author's metadata with the marker beside it. */
    public Map<String, String> addTo(Map<String, String> metadata) {
        var all = new TreeMap<>(metadata);
        all.put(UID, uid);
        all.put(CREATE_ID, createId);
        all.put(INSTALLATION, installation);
        all.put(NAMESPACE, namespace);
        all.put(NAME, name);
        return all;
    }

    /** Whether this object of this installation ordered it. */
    public boolean belongsTo(ObjectIdentity owner, String installation) {
        return uid.equals(owner.uid()) && this.installation.equals(installation);
    }
}
