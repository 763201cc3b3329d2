/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.List;
import java.util.Optional;

/**
 * {@code DELETE …/cloudsnapshots/{id}} (EVS API reference, "Deleting an EVS Snapshot"): 202 with an empty body. Clients also
 * received 204. The call reads only the status.
 */
public record DeleteCall(SnapshotId id) implements EvsCall<Boolean> {

    @Override
    public CallDescription description() {
        return new CallDescription(CloudOperation.DELETE, "delete snapshot " + id);
    }

    @Override
    public String method() {
        return "DELETE";
    }

    @Override
    public List<String> path(ApiFamily family) {
        return List.of(family.snapshots(), id.value());
    }

    @Override
    public Optional<Boolean> read(CloudHttpResponse response) {
        return Optional.of(true);
    }
}
