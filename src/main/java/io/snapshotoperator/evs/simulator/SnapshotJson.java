/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.TreeMap;

/** Writes snapshots with exactly the fields in the example of each page of the reference. */
final class SnapshotJson {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    static final String PROGRESS = "os-extended-snapshot-attributes:progress";
    static final String PROJECT = "os-extended-snapshot-attributes:project_id";

    private SnapshotJson() {}

    /**
     * Writes a snapshot without the extended attributes (EVS API reference: creating_an_evs_snapshot,
     * updating_an_evs_snapshot).
     */
    static ObjectNode plain(Snapshot snapshot) {
        var json = JSON.objectNode()
                .put("id", snapshot.id())
                .put("status", snapshot.status())
                .put("name", snapshot.name())
                .put("description", snapshot.description())
                .put("created_at", WireTime.ofEvs(snapshot.createdAt()))
                .put("updated_at", WireTime.ofEvs(snapshot.updatedAt()))
                .put("volume_id", snapshot.volumeId())
                .put("size", snapshot.sizeGib());
        var metadata = json.putObject("metadata");
        new TreeMap<>(snapshot.metadata()).forEach(metadata::put);
        return json;
    }

    /** In the example of creating_an_evs_snapshot {@code updated_at} equals {@code created_at}. */
    static ObjectNode created(Snapshot snapshot) {
        return plain(snapshot).put("updated_at", WireTime.ofEvs(snapshot.createdAt()));
    }

    /** EVS API reference: querying_details_about_an_evs_snapshot; The detailed list of Cinder has the same fields. */
    static ObjectNode detailed(Snapshot snapshot) {
        return plain(snapshot).put(PROGRESS, snapshot.progress()).put(PROJECT, snapshot.projectId());
    }

    /** EVS API reference: querying_details_about_evs_snapshots. Only the native list names the service. */
    static ObjectNode nativelyListed(Snapshot snapshot) {
        return detailed(snapshot).put("service_type", "EVS");
    }

    static ObjectNode wrapped(ObjectNode snapshot) {
        return JSON.objectNode().set("snapshot", snapshot);
    }
}
