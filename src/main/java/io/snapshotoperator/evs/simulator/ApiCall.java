/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

/**
 * A request of which it is known what it is about.
 *
 * @param version as in the path: {@code v2} or {@code v3}
 * @param projectId null where the path has none
 * @param volumeId null where neither path nor query names one (a create names it in its body)
 * @param snapshotId null where the path has none
 * @param metadataKey null unless one key is meant
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
