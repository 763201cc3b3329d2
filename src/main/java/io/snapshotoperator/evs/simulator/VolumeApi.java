/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/** Handles the calls about volumes and quotas. */
final class VolumeApi {

    /** EVS API reference: error_codes EVS.1046. */
    private static final Set<String> DELETABLE =
            Set.of("available", "error", "error_extending", "error_restoring", "error_rollbacking");

    /** The creation time of every volume; the simulator does not store it. */
    private static final String CREATED_AT = WireTime.ofEvs(Instant.parse("2016-02-03T02:19:11.723797Z"));

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final CloudState cloud;
    private final SimulatorSettings.Limits limits;

    VolumeApi(CloudState cloud, SimulatorSettings.Limits limits) {
        this.cloud = cloud;
        this.limits = limits;
    }

    SimulatedResponse get(ApiCall call) {
        var volume = cloud.volume(call.projectId(), call.volumeId());
        return SimulatedResponse.json(200, JSON.objectNode().set("volume", json(volume, call.family())))
                .about(volume.id(), null);
    }

    /** EVS API reference: querying_details_about_all_disks. The simulator has no filters and no pages here. */
    SimulatedResponse list(ApiCall call) {
        var all = cloud.volumesOf(call.projectId());
        var body = JSON.objectNode();
        if (call.family() == Family.NATIVE) {
            body.put("count", all.size());
        }
        var volumes = body.putArray("volumes");
        all.forEach(volume -> volumes.add(json(volume, call.family())));
        return SimulatedResponse.json(200, body);
    }

    /**
     * The native family deletes the snapshots with the volume (user manual: deleting_an_evs_snapshot). Cinder rejects
     * the call if there are snapshots, unless the request says cascade (Cinder 12.0.0 cinder/volume/api.py delete).
     */
    SimulatedResponse delete(ApiCall call, Request request) {
        var volume = cloud.volume(call.projectId(), call.volumeId());
        var snapshots = cloud.snapshotsOfVolume(volume.id());
        var cinder = call.family() == Family.CINDER;
        var cascade = cinder
                && request.parameter("cascade").map("true"::equalsIgnoreCase).orElse(false);
        if (!DELETABLE.contains(volume.status()) || (cinder && !cascade && !snapshots.isEmpty())) {
            throw ApiErrorException.ofEvs(
                    400,
                    "EVS.1046",
                    "volume status must be available, error, error_extending, error_restoring, error_rollbacking when"
                            + " delete volume!",
                    "Invalid volume: Volume status must be available or error or error_restoring or error_extending or"
                            + " error_managing and must not be migrating, attached, belong to a group, have snapshots"
                            + " or be disassociated from snapshots after volume transfer.");
        }
        if (snapshots.stream().anyMatch(snapshot -> "backing-up".equals(snapshot.status()))) {
            var message = "Volume is backing-up, forbidden deleting!";
            throw ApiErrorException.ofEvs(400, "EVS.2130", message, message);
        }
        cloud.removeVolume(volume.id());
        var response = cinder
                ? SimulatedResponse.empty(202)
                : SimulatedResponse.json(
                        200,
                        JSON.objectNode()
                                .put("job_id", UUID.randomUUID().toString().replace("-", "")));
        return response.about(volume.id(), null).withActed();
    }

    /** EVS API reference: querying_quotas. Resources per volume type are left out. */
    SimulatedResponse quota(ApiCall call) {
        var use = cloud.quotaUse(call.projectId());
        var set = JSON.objectNode().put("id", call.projectId());
        resource(set, "volumes", -1, use.volumes());
        resource(set, "snapshots", limits.snapshots(), use.snapshots());
        resource(set, "gigabytes", limits.gigabytes(), use.gigabytes());
        resource(set, "backups", -1, 0);
        resource(set, "backup_gigabytes", -1, 0);
        resource(set, "per_volume_gigabytes", -1, 0);
        return SimulatedResponse.json(200, JSON.objectNode().set("quota_set", set));
    }

    private static void resource(ObjectNode set, String name, long limit, long inUse) {
        set.putObject(name).put("reserved", 0).put("limit", limit).put("in_use", inUse);
    }

    /** Writes the fields of querying_details_about_a_disk; Cinder does not have those of the vendor. */
    private static ObjectNode json(Volume volume, Family family) {
        var json = JSON.objectNode();
        json.put("id", volume.id())
                .put("name", volume.name())
                .put("status", volume.status())
                .put("size", volume.sizeGib())
                .put("volume_type", volume.volumeType())
                .put("availability_zone", volume.availabilityZone())
                .put("encrypted", false)
                .put("multiattach", false)
                .put("bootable", "false")
                .putNull("snapshot_id")
                .putNull("source_volid")
                .putNull("description")
                .putNull("consistencygroup_id")
                .putNull("volume_image_metadata")
                .put("replication_status", "disabled")
                .put("created_at", CREATED_AT)
                .put("updated_at", CREATED_AT)
                .put("os-vol-tenant-attr:tenant_id", volume.projectId());
        json.putObject("metadata");
        json.putArray("links");
        attachments(json, volume);
        if (family == Family.NATIVE) {
            json.put("service_type", "EVS").put("wwn", " 688860300000d136fa16f48f05992360");
            json.putObject("tags");
        }
        return json;
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
                    .put("attached_at", CREATED_AT)
                    .putNull("host_name")
                    .put("volume_id", volume.id())
                    .put("device", "/dev/vdb")
                    .put("id", volume.id());
        }
    }
}
