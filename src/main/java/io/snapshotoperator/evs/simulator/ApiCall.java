/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

/**
 * The operation of a request and the resources that it names.
 *
 * @param version as in the path: {@code v2} or {@code v3}
 * @param projectId null if the path has none
 * @param volumeId null if neither path nor query names one (a create request names it in its body)
 * @param snapshotId null if the path has none
 * @param metadataKey null unless the call is about one key
 */
record ApiCall(
        Operation operation,
        Family family,
        String version,
        String projectId,
        String volumeId,
        String snapshotId,
        String metadataKey) {

    static ApiCall of(Operation operation) {
        return new ApiCall(operation, Family.NATIVE, "v2", null, null, null, null);
    }

    ApiCall ofVolume(String id) {
        return new ApiCall(operation, family, version, projectId, id, snapshotId, metadataKey);
    }
}
