/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/** Answers the calls about disks and quotas. */
final class VolumeApi {

    /** EVS API reference: error_codes EVS.1046. */
    private static final Set<String> DELETABLE =
            Set.of("available", "error", "error_extending", "error_restoring", "error_rollbacking");

    /** When every simulated disk was made; the model does not keep it. */
    private static final String CREATED_AT = WireTime.ofEvs(Instant.parse("2016-02-03T02:19:11.723797Z"));

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final CloudState cloud;
    private final SimulatorSettings.Limits limits;

    VolumeApi(CloudState cloud, SimulatorSettings.Limits limits) {
        this.cloud = cloud;
        this.limits = limits;
    }

    SimulatedResponse get(ApiCall call) {
        var disk = cloud.disk(call.projectId(), call.volumeId());
        return SimulatedResponse.json(200, JSON.objectNode().set("volume", json(disk, call.family())))
                .about(disk.id(), null);
    }

    /** EVS API reference: querying_details_about_all_disks; filters and pages are not simulated. */
    SimulatedResponse list(ApiCall call) {
        var disks = cloud.disksOf(call.projectId());
        var body = JSON.objectNode();
        if (call.family() == Family.NATIVE) {
            body.put("count", disks.size());
        }
        var volumes = body.putArray("volumes");
        disks.forEach(it -> volumes.add(json(it, call.family())));
        return SimulatedResponse.json(200, body);
    }

    /**
     * Natively the snapshots go with the disk (user manual: deleting_an_evs_snapshot); Cinder refuses while there are any,
     * unless told to cascade (Cinder 12.0.0 cinder/volume/api.py delete).
     */
    SimulatedResponse delete(ApiCall call, Request request) {
        var disk = cloud.disk(call.projectId(), call.volumeId());
        var snapshots = cloud.snapshotsOfDisk(disk.id());
        var cinder = call.family() == Family.CINDER;
        var cascade = cinder
                && request.parameter("cascade").map("true"::equalsIgnoreCase).orElse(false);
        if (!DELETABLE.contains(disk.status()) || (cinder && !cascade && !snapshots.isEmpty())) {
            throw ApiErrorException.ofEvs(
                    400,
                    "EVS.1046",
                    "volume status must be available, error, error_extending, error_restoring, error_rollbacking when"
                            + " delete volume!",
                    "Invalid volume: Volume status must be available or error or error_restoring or error_extending or"
                            + " error_managing and must not be migrating, attached, belong to a group, have snapshots"
                            + " or be disassociated from snapshots after volume transfer.");
        }
        if (snapshots.stream().anyMatch(it -> "backing-up".equals(it.status()))) {
            var message = "Volume is backing-up, forbidden deleting!";
            throw ApiErrorException.ofEvs(400, "EVS.2130", message, message);
        }
        cloud.removeDisk(disk.id());
        var answer = cinder
                ? SimulatedResponse.empty(202)
                : SimulatedResponse.json(
                        200,
                        JSON.objectNode()
                                .put("job_id", UUID.randomUUID().toString().replace("-", "")));
        return answer.about(disk.id(), null).havingActed();
    }

    /** EVS API reference: querying_quotas; per-type resources are left out. */
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

    /** Fields of querying_details_about_a_disk; Cinder's form lacks the vendor's. */
    private static ObjectNode json(Volume disk, Family family) {
        var json = JSON.objectNode();
        json.put("id", disk.id())
                .put("name", disk.name())
                .put("status", disk.status())
                .put("size", disk.sizeGib())
                .put("volume_type", disk.volumeType())
                .put("availability_zone", disk.availabilityZone())
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
                .put("os-vol-tenant-attr:tenant_id", disk.projectId());
        json.putObject("metadata");
        json.putArray("links");
        attachments(json, disk);
        if (family == Family.NATIVE) {
            json.put("service_type", "EVS").put("wwn", " 688860300000d136fa16f48f05992360");
            json.putObject("tags");
        }
        return json;
    }

    private static void attachments(ObjectNode json, Volume disk) {
        var attachments = json.putArray("attachments");
        if ("in-use".equals(disk.status())) {
            attachments
                    .addObject()
                    .put(
                            "server_id",
                            UUID.nameUUIDFromBytes(disk.id().getBytes(StandardCharsets.UTF_8))
                                    .toString())
                    .put("attachment_id", disk.id())
                    .put("attached_at", CREATED_AT)
                    .putNull("host_name")
                    .put("volume_id", disk.id())
                    .put("device", "/dev/vdb")
                    .put("id", disk.id());
        }
    }
}
