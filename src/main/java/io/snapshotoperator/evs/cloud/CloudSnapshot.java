/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One snapshot as the cloud describes it. Only the id is always present. Everything else can be absent (EVS API reference,
 * snapshot object: the fields differ from call to call, and several can be null). All texts are bounded and without control
 * characters ({@link CloudText}), and without secrets, except in the metadata.
 *
 * @param wireState the status word as received, or with an ellipsis at the end; the empty text if the cloud sent none
 * @param sizeGiB the size of the volume when the snapshot was created, not the space that the snapshot uses
 * @param metadata the metadata of the create request, possibly with keys that the cloud added
 */
@RecordBuilder
@RecordBuilder.Options(addConcreteSettersForOptional = true, useImmutableCollections = true)
public record CloudSnapshot(
        SnapshotId id,
        String wireState,
        Optional<VolumeId> volumeId,
        Optional<String> name,
        Optional<String> description,
        Optional<Integer> sizeGiB,
        Optional<Instant> createdAt,
        Optional<Instant> updatedAt,
        Map<String, String> metadata) {

    /**
     * Metadata keys of CSI drivers and other Kubernetes tools, for example {@code cinder.csi.openstack.org/cluster},
     * {@code csi.storage.k8s.io/volumesnapshot/name}, {@code evs.csi.huaweicloud.com/cluster} and {@code
     * create_for_volume_id} (Cinder CSI, Huawei EVS CSI and Everest drivers). Terraform writes no such key.
     */
    private static final Pattern TOOL_KEY = Pattern.compile(
            "(^|[./_-])csi[./]|k8s\\.io|kubernetes\\.io|everest|velero|^create_for_volume_id$",
            Pattern.CASE_INSENSITIVE);

    public CloudSnapshot {
        Objects.requireNonNull(id);
        Objects.requireNonNull(wireState);
        metadata = Map.copyOf(metadata);
    }

    public SnapshotState state() {
        return SnapshotState.ofWire(wireState);
    }

    /**
     * Whether a backup service created the snapshot. Such snapshots must not be changed (OTC user manual; EVS API
     * reference, reading a snapshot: {@code __system__enableActive}).
     */
    public boolean isBackup() {
        return name.filter(text -> text.startsWith("autobk_snapshot_") || text.startsWith("manualbk_snapshot_"))
                        .isPresent()
                || metadata.containsKey("__system__enableActive");
    }

    /** Whether the metadata contains a key of another tool, for example of a CSI driver, which manages the snapshot. */
    public boolean isMarkedByTool() {
        return metadata.keySet().stream().anyMatch(key -> TOOL_KEY.matcher(key).find());
    }

    /** Returns the id and the status word. The metadata can contain a secret that the cloud repeats. */
    @Override
    public String toString() {
        return "snapshot " + id + " in status " + wireState;
    }
}
