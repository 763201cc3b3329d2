/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.List;
import java.util.Optional;

/** {@code PUT …/cloudsnapshots/{id}} (EVS API reference, "Updating an EVS Snapshot"): 200. */
public record UpdateCall(SnapshotId id, UpdateSnapshotRequest change) implements EvsCall<CloudSnapshot> {

    @Override
    public CallDescription description() {
        return new CallDescription(CloudOperation.UPDATE, "update name or description of snapshot " + id);
    }

    @Override
    public String method() {
        return "PUT";
    }

    @Override
    public List<String> path(ApiFamily family) {
        return List.of(family.snapshots(), id.value());
    }

    @Override
    public byte[] body() {
        var snapshot = JsonNodeFactory.instance.objectNode();
        change.name().ifPresent(name -> snapshot.put("name", name));
        change.description().ifPresent(text -> snapshot.put("description", text));
        return WireBody.of("snapshot", snapshot);
    }

    @Override
    public Optional<CloudSnapshot> read(CloudHttpResponse response) {
        return WireSnapshot.of(response).filter(snapshot -> snapshot.id().equals(id));
    }
}
