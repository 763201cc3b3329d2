/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.List;
import java.util.Optional;

/**
 * {@code DELETE …/cloudvolumes/{id}} (EVS API reference, "Deleting an EVS Disk"): 200 with the id of a job. {@code
 * DELETE …/volumes/{id}} (OpenStack Cinder, "Delete a volume"): 202 with an empty body; rejected while the volume
 * has snapshots. The call reads only the status, because the caller reads the volume until it is absent.
 */
public record DeleteVolumeCall(VolumeId id) implements EvsCall<Boolean> {

    @Override
    public CallDescription description() {
        return new CallDescription(CloudOperation.DELETE_VOLUME, "delete volume " + id);
    }

    @Override
    public String method() {
        return "DELETE";
    }

    @Override
    public List<String> path(ApiFamily family) {
        return List.of(family.volumes(), id.value());
    }

    @Override
    public Optional<Boolean> read(CloudHttpResponse response) {
        return Optional.of(true);
    }
}
