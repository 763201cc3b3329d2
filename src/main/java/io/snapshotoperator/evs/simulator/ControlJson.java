/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the control API shows. */
final class ControlJson {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ControlJson() {}

    static ObjectNode ledger(CallLog ledger, Collection<CallLogEntry> calls) {
        var body = JSON.objectNode().put("forgotten", ledger.forgotten());
        var array = body.putArray("calls");
        calls.forEach(it -> array.add(call(it)));
        return body;
    }

    /** Counts, and per value of {@code key} in the metadata how many creates were acted on and how many snapshots live. */
    static ObjectNode summary(EvsSimulator simulator, String key) {
        var ledger = simulator.ledger();
        var living = simulator.snapshots().living();
        var body = JSON.objectNode()
                .put("now", simulator.clock().instant().toString())
                .put("creates", ledger.count(Operation.CREATE))
                .put("createsActedOn", ledger.createsActedOn().size())
                .put("living", living.size())
                .put("mostCallsInASecond", ledger.mostWithin(Duration.ofSeconds(1), it -> true))
                .put("tokensIssued", simulator.tokens().issued())
                .put("forgotten", ledger.forgotten());
        var byStatus = body.putObject("livingByStatus");
        living.stream()
                .collect(Collectors.groupingBy(Snapshot::status, TreeMap::new, Collectors.counting()))
                .forEach(byStatus::put);
        var operations = body.putObject("operations");
        ledger.counts().forEach((operation, count) -> operations.put(operation.name(), count));
        var creates = ledger.createsActedOnBy(key);
        var alive = simulator.snapshots().livingBy(key);
        var names = new TreeSet<>(creates.keySet());
        names.addAll(alive.keySet());
        body.put("by", key);
        var groups = body.putObject("groups");
        names.forEach(name -> groups.putObject(name)
                .put("createsActedOn", creates.getOrDefault(name, List.of()).size())
                .put("living", alive.getOrDefault(name, List.of()).size()));
        return body;
    }

    static ObjectNode snapshots(Collection<Snapshot> snapshots) {
        var body = JSON.objectNode();
        var array = body.putArray("snapshots");
        snapshots.forEach(it -> array.add(snapshot(it)));
        return body;
    }

    static ObjectNode snapshot(Snapshot it) {
        return SnapshotJson.detailed(it);
    }

    static ObjectNode disks(Collection<Volume> disks) {
        var body = JSON.objectNode();
        var array = body.putArray("disks");
        disks.forEach(it -> array.add(disk(it)));
        return body;
    }

    static ObjectNode disk(Volume it) {
        return JSON.objectNode()
                .put("id", it.id())
                .put("projectId", it.projectId())
                .put("status", it.status())
                .put("size", it.sizeGib())
                .put("az", it.availabilityZone())
                .put("type", it.volumeType())
                .put("takes", it.snapshotTakes().map(Duration::toString).orElse(null));
    }

    private static ObjectNode call(CallLogEntry it) {
        var json = JSON.objectNode()
                .put("sequence", it.sequence())
                .put("at", it.at().toString())
                .put("operation", it.operation().name())
                .put("method", it.method())
                .put("path", it.path())
                .put("volumeId", it.volumeId().orElse(null))
                .put("snapshotId", it.snapshotId().orElse(null))
                .put("status", it.status())
                .put("acted", it.acted())
                .put("actedAt", it.actedAt().map(Object::toString).orElse(null))
                .put("user", it.user())
                .put("body", it.body().orElse(null))
                .put("requestId", it.requestId());
        var metadata = json.putObject("metadata");
        new TreeMap<>(it.metadata()).forEach(metadata::put);
        var faults = json.putArray("faults");
        it.faults().forEach(fault -> faults.add(fault.name()));
        return json;
    }
}
