/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.VolumeId;

/** What a request takes its snapshot from. */
public sealed interface Source {

    /** A disk, named by its id in the cloud. */
    record Volume(VolumeId id) implements Source {}

    /** A claim in the request's namespace, which leads to a disk. */
    record Claim(String name) implements Source {}

    /** A snapshot that exists already; nothing is created. */
    record ExistingSnapshot(SnapshotId id) implements Source {}
}
