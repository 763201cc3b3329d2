/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

/**
 * The operation of a request and the resources that it names.
 *
 * @param version as in the path: {@code v1}, {@code v2} or {@code v3}
 * @param projectId null if the path has none
 * @param volumeId null if neither path nor query names one (a create request names it in its body).
 *     For the creation of a volume, the source volume
 * @param snapshotId null if the path has none. For the creation of a volume, the snapshot to copy
 * @param metadataKey null unless the call is about one key
 * @param jobId null unless the call is about a job
 */
record ApiCall(
        Operation operation,
        Family family,
        String version,
        String projectId,
        String volumeId,
        String snapshotId,
        String metadataKey,
        String jobId) {

    /** A call that is not about a job. */
    ApiCall(
            Operation operation,
            Family family,
            String version,
            String projectId,
            String volumeId,
            String snapshotId,
            String metadataKey) {
        this(operation, family, version, projectId, volumeId, snapshotId, metadataKey, null);
    }

    static ApiCall of(Operation operation) {
        return new ApiCall(operation, Family.NATIVE, "v2", null, null, null, null);
    }

    static ApiCall ofJob(Operation operation, String projectId, String jobId) {
        return new ApiCall(operation, Family.NATIVE, "v1", projectId, null, null, null, jobId);
    }

    ApiCall ofVolume(String id) {
        return new ApiCall(operation, family, version, projectId, id, snapshotId, metadataKey, jobId);
    }

    ApiCall ofSnapshot(String id) {
        return new ApiCall(operation, family, version, projectId, volumeId, id, metadataKey, jobId);
    }
}
