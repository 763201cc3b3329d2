/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Writes volumes in responses. */
final class VolumeJson {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private VolumeJson() {}

    static ObjectNode wrapped(ObjectNode volume) {
        return JSON.objectNode().set("volume", volume);
    }

    /** Cinder 12.0.0 cinder/api/v2/views/volumes.py summary; the links are left out. */
    static ObjectNode summary(Volume volume) {
        var json = JSON.objectNode().put("id", volume.id()).put("name", volume.name());
        json.putArray("links");
        return json;
    }

    /** Writes the fields of querying_details_about_a_disk; Cinder does not have those of the vendor. */
    static ObjectNode detailed(Volume volume, Family family) {
        var json = JSON.objectNode();
        json.put("id", volume.id())
                .put("name", volume.name())
                .put("status", volume.status())
                .put("size", volume.sizeGib())
                .put("volume_type", volume.volumeType())
                .put("availability_zone", volume.availabilityZone())
                .put("encrypted", "1".equals(volume.metadata().get("__system__encrypted")))
                .put("multiattach", volume.multiattach())
                .put("bootable", "false")
                .put("snapshot_id", volume.snapshotId().orElse(null))
                .putNull("source_volid")
                .put("description", volume.description())
                .putNull("consistencygroup_id")
                .putNull("volume_image_metadata")
                .put("replication_status", "disabled")
                .put("created_at", WireTime.ofEvs(volume.createdAt()))
                .put("updated_at", WireTime.ofEvs(volume.updatedAt()))
                .put("os-vol-tenant-attr:tenant_id", volume.projectId());
        putTexts(json, "metadata", volume.metadata());
        json.putArray("links");
        attachments(json, volume);
        if (family == Family.NATIVE) {
            json.put("service_type", "EVS").put("wwn", " 688860300000d136fa16f48f05992360");
            putTexts(json, "tags", volume.tags());
        }
        return json;
    }

    static void putTexts(ObjectNode json, String member, Map<String, String> texts) {
        var object = json.putObject(member);
        new TreeMap<>(texts).forEach(object::put);
    }

    private static void attachments(ObjectNode json, Volume volume) {
        var attachments = json.putArray("attachments");
        if ("in-use".equals(volume.status())) {
            attachments
                    .addObject()
                    .put(
                            "server_id",
                            UUID.nameUUIDFromBytes(volume.id().getBytes(StandardCharsets.UTF_8))
                                    .toString())
                    .put("attachment_id", volume.id())
                    .put("attached_at", WireTime.ofEvs(volume.createdAt()))
                    .putNull("host_name")
                    .put("volume_id", volume.id())
                    .put("device", "/dev/vdb")
                    .put("id", volume.id());
        }
    }
}
