/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Handles the call about quotas. */
final class QuotaApi {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final CloudState cloud;
    private final SimulatorSettings.Limits limits;

    QuotaApi(CloudState cloud, SimulatorSettings.Limits limits) {
        this.cloud = cloud;
        this.limits = limits;
    }

    /**
     * EVS API reference: querying_quotas. Resources per volume type are left out. Without {@code usage=True} Cinder shows only
     * the limits (Cinder 12.0.0 cinder/api/contrib/quotas.py).
     */
    SimulatedResponse get(ApiCall call, Request request) {
        var usage = request.parameter("usage")
                .map(text -> ListQueries.bool("usage", text))
                .orElse(false);
        var use = cloud.quotaUse(call.projectId());
        var set = JSON.objectNode().put("id", call.projectId());
        resource(set, "volumes", limits.volumes(), use.volumes(), usage);
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
}
