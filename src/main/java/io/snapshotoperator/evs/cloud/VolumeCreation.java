/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

/** The response to an accepted request to create a volume. */
public sealed interface VolumeCreation {
    /** The native family responds with the id of a job, and not with the volume (EVS API reference, "Creating EVS Disks"). */
    record JobStarted(JobId id) implements VolumeCreation {}

    /** The Cinder family responds with the volume, in status {@code creating}. */
    record VolumeDescribed(CloudVolume volume) implements VolumeCreation {}
}
