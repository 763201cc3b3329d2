/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.snapshotoperator.evs.cloud.CreateVolumeRequest;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.VolumeCreation;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code POST …/cloudvolumes} (EVS API reference, "Creating EVS Disks"): 200 with the id of a job. {@code POST
 * …/volumes} (OpenStack Cinder, "Create a volume"): 202 with the volume in status {@code creating}. The call sends
 * only documented members. Only the native family has {@code count} and {@code tags}. Cinder has no tags at
 * creation, so the call does not send them.
 */
public record CreateVolumeCall(CreateVolumeRequest request, ApiFamily family) implements EvsCall<VolumeCreation> {

    @Override
    public CallDescription description() {
        return new CallDescription(
                CloudOperation.CREATE_VOLUME,
                "create volume " + request.name() + " from snapshot " + request.snapshotId());
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public List<String> path(ApiFamily family) {
        return List.of(family.volumes());
    }

    @Override
    public byte[] body() {
        var volume = JsonNodeFactory.instance
                .objectNode()
                .put("availability_zone", request.availabilityZone())
                .put("volume_type", request.volumeType())
                .put("size", request.sizeGiB())
                .put("snapshot_id", request.snapshotId().value())
                .put("name", request.name());
        request.description().ifPresent(text -> volume.put("description", text));
        putAll(volume.putObject("metadata"), request.metadata());
        if (family == ApiFamily.NATIVE) {
            volume.put("count", 1);
            if (!request.tags().isEmpty()) {
                putAll(volume.putObject("tags"), request.tags());
            }
        }
        return WireBody.of("volume", volume);
    }

    private static void putAll(ObjectNode object, Map<String, String> entries) {
        new TreeMap<>(entries).forEach(object::put);
    }

    /**
     * Returns the job or the volume, whichever the response contains. Huawei Cloud adds {@code volume_ids} or
     * {@code order_id} to the id of the job; the call ignores them.
     */
    @Override
    public Optional<VolumeCreation> read(CloudHttpResponse response) {
        return jobOf(response).or(() -> WireVolume.of(response).map(VolumeCreation.VolumeDescribed::new));
    }

    private static Optional<VolumeCreation> jobOf(CloudHttpResponse response) {
        return response.complete()
                ? response.json()
                        .flatMap(json -> WireFields.id(json, "job_id", response.text()))
                        .map(id -> new VolumeCreation.JobStarted(new JobId(id)))
                : Optional.empty();
    }
}
