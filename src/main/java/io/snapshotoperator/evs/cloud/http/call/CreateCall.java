/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code POST …/cloudsnapshots} (EVS API reference, "Creating an EVS Snapshot"): 202 with the snapshot in status {@code
 * creating}. Cinder responds with 400 to unknown members, so the call sends only the documented ones, in the order of the
 * documented example.
 */
public record CreateCall(CreateSnapshotRequest request) implements EvsCall<CloudSnapshot> {

    @Override
    public CallDescription description() {
        return new CallDescription(
                CloudOperation.CREATE, "create snapshot " + request.name() + " of volume " + request.volumeId());
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public List<String> path(ApiFamily family) {
        return List.of(family.snapshots());
    }

    @Override
    public byte[] body() {
        var snapshot = JsonNodeFactory.instance.objectNode().put("name", request.name());
        request.description().ifPresent(text -> snapshot.put("description", text));
        snapshot.put("volume_id", request.volumeId().value()).put("force", request.force());
        var metadata = snapshot.putObject("metadata");
        new TreeMap<>(request.metadata()).forEach(metadata::put);
        return WireBody.of("snapshot", snapshot);
    }

    @Override
    public Optional<CloudSnapshot> read(CloudHttpResponse response) {
        return WireSnapshot.of(response);
    }
}
