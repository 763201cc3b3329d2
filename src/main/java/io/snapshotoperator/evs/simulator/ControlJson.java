/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Writes the JSON responses of the control API. */
final class ControlJson {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ControlJson() {}

    static ObjectNode callLog(CallLog callLog, Collection<CallLogEntry> calls) {
        var body = JSON.objectNode().put("forgotten", callLog.discarded());
        var array = body.putArray("calls");
        calls.forEach(entry -> array.add(call(entry)));
        return body;
    }

    /**
     * Writes counts, and per value of the metadata key {@code key} the create requests that acted and the existing
     * snapshots and volumes.
     */
    static ObjectNode summary(EvsSimulator simulator, String key) {
        var callLog = simulator.callLog();
        var living = simulator.snapshots().living();
        var body = JSON.objectNode()
                .put("now", simulator.clock().instant().toString())
                .put("creates", callLog.count(Operation.CREATE))
                .put("createsActedOn", callLog.createsActedOn().size())
                .put(
                        "diskCreatesActedOn",
                        callLog.actedOn(Operation.DISK_CREATE).size())
                .put("living", living.size())
                .put("livingDisks", simulator.volumes().created().size())
                .put("mostCallsInASecond", callLog.maxCallsWithin(Duration.ofSeconds(1), entry -> true))
                .put("tokensIssued", simulator.tokens().issued())
                .put("forgotten", callLog.discarded());
        var byStatus = body.putObject("livingByStatus");
        living.stream()
                .collect(Collectors.groupingBy(Snapshot::status, TreeMap::new, Collectors.counting()))
                .forEach(byStatus::put);
        var operations = body.putObject("operations");
        callLog.counts().forEach((operation, count) -> operations.put(operation.name(), count));
        body.put("by", key);
        putGroups(body.putObject("groups"), simulator, key);
        return body;
    }

    private static void putGroups(ObjectNode groups, EvsSimulator simulator, String key) {
        var counts = new LinkedHashMap<String, Map<String, ? extends List<?>>>();
        counts.put("createsActedOn", simulator.callLog().createsActedOnBy(key));
        counts.put("living", simulator.snapshots().livingBy(key));
        counts.put("diskCreatesActedOn", simulator.callLog().actedOnBy(Operation.DISK_CREATE, key));
        counts.put("livingDisks", simulator.volumes().livingBy(key));
        var names = new TreeSet<String>();
        counts.values().forEach(byName -> names.addAll(byName.keySet()));
        for (var name : names) {
            var group = groups.putObject(name);
            counts.forEach((count, byName) ->
                    group.put(count, byName.containsKey(name) ? byName.get(name).size() : 0));
        }
    }

    static ObjectNode snapshots(Collection<Snapshot> snapshots) {
        var body = JSON.objectNode();
        var array = body.putArray("snapshots");
        snapshots.forEach(snapshot -> array.add(snapshot(snapshot)));
        return body;
    }

    static ObjectNode snapshot(Snapshot snapshot) {
        return SnapshotJson.detailed(snapshot);
    }

    static ObjectNode volumes(Collection<Volume> volumes) {
        var body = JSON.objectNode();
        var array = body.putArray("disks");
        volumes.forEach(volume -> array.add(volume(volume)));
        return body;
    }

    static ObjectNode volume(Volume volume) {
        var json = JSON.objectNode()
                .put("id", volume.id())
                .put("projectId", volume.projectId())
                .put("name", volume.name())
                .put("description", volume.description())
                .put("status", volume.status())
                .put("size", volume.sizeGib())
                .put("az", volume.availabilityZone())
                .put("type", volume.volumeType())
                .put("takes", volume.snapshotTakes().map(Duration::toString).orElse(null))
                .put("snapshotId", volume.snapshotId().orElse(null))
                .put("multiattach", volume.multiattach())
                .put("createdAt", volume.createdAt().toString());
        VolumeJson.putTexts(json, "metadata", volume.metadata());
        VolumeJson.putTexts(json, "tags", volume.tags());
        return json;
    }

    static ObjectNode jobs(Collection<Job> jobs) {
        var body = JSON.objectNode();
        var array = body.putArray("jobs");
        jobs.forEach(job -> array.add(JobApi.json(job).put("project_id", job.projectId())));
        return body;
    }

    private static ObjectNode call(CallLogEntry entry) {
        var json = JSON.objectNode()
                .put("sequence", entry.sequence())
                .put("at", entry.at().toString())
                .put("operation", entry.operation().name())
                .put("method", entry.method())
                .put("path", entry.path())
                .put("volumeId", entry.volumeId().orElse(null))
                .put("snapshotId", entry.snapshotId().orElse(null))
                .put("jobId", entry.jobId().orElse(null))
                .put("status", entry.status())
                .put("acted", entry.acted())
                .put("actedAt", entry.actedAt().map(Object::toString).orElse(null))
                .put("user", entry.user())
                .put("body", entry.body().orElse(null))
                .put("requestId", entry.requestId());
        var metadata = json.putObject("metadata");
        new TreeMap<>(entry.metadata()).forEach(metadata::put);
        var faults = json.putArray("faults");
        entry.faults().forEach(fault -> faults.add(fault.name()));
        return json;
    }
}
