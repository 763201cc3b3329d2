/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.List;
import java.util.Optional;

/** {@code GET …/cloudsnapshots/{id}} (EVS API reference, "Querying Details About an EVS Snapshot"): 200. */
public record ReadCall(SnapshotId id) implements EvsCall<CloudSnapshot> {

    @Override
    public CallDescription description() {
        return new CallDescription(CloudOperation.READ, "read snapshot " + id);
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public List<String> path(ApiFamily family) {
        return List.of(family.snapshots(), id.value());
    }

    /** Returns empty also if the response contains another snapshot. */
    @Override
    public Optional<CloudSnapshot> read(CloudHttpResponse response) {
        return WireSnapshot.of(response).filter(snapshot -> snapshot.id().equals(id));
    }
}
