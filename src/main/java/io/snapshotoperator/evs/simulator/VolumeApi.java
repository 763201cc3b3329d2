/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
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
    private final PageLinks links;

    VolumeApi(CloudState cloud, SimulatorSettings.Limits limits, PageLinks links) {
        this.cloud = cloud;
        this.limits = limits;
        this.links = links;
    }

    SimulatedResponse get(ApiCall call) {
        var volume = cloud.volume(call.projectId(), call.volumeId());
        return SimulatedResponse.json(200, JSON.objectNode().set("volume", json(volume, call.family())))
                .about(volume.id(), null);
    }

    /** EVS API reference: querying_details_about_all_disks. */
    SimulatedResponse list(ApiCall call, Request request) {
        var cinder = call.family() == Family.CINDER;
        var query = ListQueries.read(request, call, Volume.SORTS.keySet());
        var page = page(call.projectId(), query);
        var body = JSON.objectNode();
        if (!cinder || ListQueries.counts(request)) {
            body.put("count", page.total());
        }
        var entries = page.entries();
        var last = entries.isEmpty() ? null : entries.get(entries.size() - 1).id();
        links.add(body, "volumes", call, request, query.limit(), entries.size(), last);
        var volumes = body.putArray("volumes");
        var summary = !request.path().endsWith("/detail");
        entries.forEach(volume -> volumes.add(summary ? summary(volume) : json(volume, call.family())));
        return SimulatedResponse.json(200, body);
    }

    private ListQuery.Page<Volume> page(String projectId, ListQuery query) {
        var all = new ArrayList<>(cloud.volumesOf(projectId));
        all.sort(query.order(Volume.SORTS));
        query.marker().ifPresent(id -> {
            var ids = all.stream().map(Volume::id).toList();
            if (!ids.contains(id)) {
                throw ApiErrorException.unknownVolume(id);
            }
            all.subList(0, ids.indexOf(id) + 1).clear();
        });
        var matching =
                all.stream().filter(volume -> matches(volume, query.filter())).toList();
        var total = cloud.volumesOf(projectId).stream()
                .filter(volume -> matches(volume, query.filter()))
                .count();
        var entries =
                matching.stream().skip(query.offset()).limit(query.limit()).toList();
        return new ListQuery.Page<>(entries, (int) total);
    }

    private static boolean matches(Volume volume, ListQuery.Filter filter) {
        return !filter.matchesNothing()
                && filter.name().map(volume.name()::equals).orElse(true)
                && filter.status().map(volume.status()::equals).orElse(true)
                && filter.availabilityZone()
                        .map(volume.availabilityZone()::equals)
                        .orElse(true)
                && (filter.ids().isEmpty() || filter.ids().contains(volume.id()));
    }

    /** Cinder 12.0.0 cinder/api/v2/views/volumes.py summary; the links are left out. */
    private static ObjectNode summary(Volume volume) {
        var json = JSON.objectNode().put("id", volume.id()).put("name", volume.name());
        json.putArray("links");
        return json;
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
                && request.parameter("cascade")
                        .map(text -> ListQueries.bool("cascade", text))
                        .orElse(false);
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

    /**
     * EVS API reference: querying_quotas. Resources per volume type are left out. Without {@code usage=True} Cinder shows only
     * the limits (Cinder 12.0.0 cinder/api/contrib/quotas.py).
     */
    SimulatedResponse quota(ApiCall call, Request request) {
        var usage = request.parameter("usage")
                .map(text -> ListQueries.bool("usage", text))
                .orElse(false);
        var use = cloud.quotaUse(call.projectId());
        var set = JSON.objectNode().put("id", call.projectId());
        resource(set, "volumes", -1, use.volumes(), usage);
        resource(set, "snapshots", limits.snapshots(), use.snapshots(), usage);
        resource(set, "gigabytes", limits.gigabytes(), use.gigabytes(), usage);
        resource(set, "backups", -1, 0, usage);
        resource(set, "backup_gigabytes", -1, 0, usage);
        resource(set, "per_volume_gigabytes", -1, 0, usage);
        return SimulatedResponse.json(200, JSON.objectNode().set("quota_set", set));
    }

    private static void resource(ObjectNode set, String name, long limit, long inUse, boolean usage) {
        if (usage) {
            set.putObject(name).put("reserved", 0).put("limit", limit).put("in_use", inUse);
        } else {
            set.put(name, limit);
        }
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
