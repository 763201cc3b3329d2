/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.List;
import java.util.Optional;

/**
 * {@code GET …/cloudvolumes/{id}} (EVS API reference, "Permissions Policies and Supported Actions", Disk; Huawei
 * EVS API reference) and {@code GET …/volumes/{id}} (OpenStack Cinder, "Show a volume's details"): 200.
 */
public record ReadVolumeCall(VolumeId id) implements EvsCall<CloudVolume> {

    @Override
    public CallDescription description() {
        return new CallDescription(CloudOperation.READ_VOLUME, "read volume " + id);
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public List<String> path(ApiFamily family) {
        return List.of(family.volumes(), id.value());
    }

    /** Returns empty also if the response contains another volume. */
    @Override
    public Optional<CloudVolume> read(CloudHttpResponse response) {
        return WireVolume.of(response).filter(volume -> volume.id().equals(id));
    }
}
