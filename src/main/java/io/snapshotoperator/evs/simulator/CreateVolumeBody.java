/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Map;
import java.util.Optional;

/**
 * The readable body of a request that creates a volume.
 *
 * @param name null if none was given
 * @param description null if none was given
 * @param sizeGib empty if none was given, which only the Cinder family allows
 * @param availabilityZone empty if none was given, which only the Cinder family allows
 * @param volumeType empty if none was given, which only the Cinder family allows
 * @param snapshotId the snapshot to copy; empty: the volume is empty
 * @param tags only of the native family
 */
record CreateVolumeBody(
        String name,
        String description,
        Optional<Integer> sizeGib,
        Optional<String> availabilityZone,
        Optional<String> volumeType,
        Optional<String> snapshotId,
        boolean multiattach,
        Map<String, String> metadata,
        Map<String, String> tags) {}
