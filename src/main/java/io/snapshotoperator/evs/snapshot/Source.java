/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;

/** The source of the snapshot of a request. */
public sealed interface Source {

    /** A volume, named by its id in the cloud. */
    record Volume(VolumeId id) implements Source {}

    /** A claim in the namespace of the request, which leads to a volume. */
    record Claim(String name) implements Source {}

    /** An existing snapshot. The operator creates nothing. */
    record ExistingSnapshot(SnapshotId id) implements Source {}
}
