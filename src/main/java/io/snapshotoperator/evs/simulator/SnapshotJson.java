/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.TreeMap;

/** Writes snapshots with exactly the fields that each page's example shows. */
final class SnapshotJson {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    static final String PROGRESS = "os-extended-snapshot-attributes:progress";
    static final String PROJECT = "os-extended-snapshot-attributes:project_id";

    private SnapshotJson() {}

    /** Without the extended attributes (EVS API reference: creating_an_evs_snapshot, updating_an_evs_snapshot). */
    static ObjectNode plain(Snapshot it) {
        var json = JSON.objectNode()
                .put("id", it.id())
                .put("status", it.status())
                .put("name", it.name())
                .put("description", it.description())
                .put("created_at", WireTime.ofEvs(it.createdAt()))
                .put("updated_at", WireTime.ofEvs(it.updatedAt()))
                .put("volume_id", it.volumeId())
                .put("size", it.sizeGib());
        var metadata = json.putObject("metadata");
        new TreeMap<>(it.metadata()).forEach(metadata::put);
        return json;
    }

    /** The example of creating_an_evs_snapshot shows it as updated when it was created. */
    static ObjectNode created(Snapshot it) {
        return plain(it).put("updated_at", WireTime.ofEvs(it.createdAt()));
    }

    /** EVS API reference: querying_details_about_an_evs_snapshot; Cinder's detailed list has the same fields. */
    static ObjectNode detailed(Snapshot it) {
        return plain(it).put(PROGRESS, it.progress()).put(PROJECT, it.projectId());
    }

    /** EVS API reference: querying_details_about_evs_snapshots; only the native list names the service. */
    static ObjectNode nativelyListed(Snapshot it) {
        return detailed(it).put("service_type", "EVS");
    }

    static ObjectNode wrapped(ObjectNode snapshot) {
        return JSON.objectNode().set("snapshot", snapshot);
    }
}
