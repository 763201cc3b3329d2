/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import picocli.CommandLine.Option;

/** The flags about the creation of volumes. */
final class VolumeFlags {

    @Option(
            names = "--disk-creation-takes",
            paramLabel = "<duration>",
            defaultValue = "${env:EVS_SIMULATOR_DISK_CREATION_TAKES:-10s}",
            description = "Time from the create request for a volume to available. Default: 10s")
    private Duration volumeTakes;

    @Option(
            names = "--disk-appears-after",
            paramLabel = "<duration>",
            defaultValue = "${env:EVS_SIMULATOR_DISK_APPEARS_AFTER:-1s}",
            description =
                    "Time from the create request of the native family until its job creates the volume. Default: 1s")
    private Duration volumeAppearsAfter;

    @Option(
            names = "--disk-quota",
            paramLabel = "<count>",
            defaultValue = "${env:EVS_SIMULATOR_DISK_QUOTA:--1}",
            description = "Volumes per project. -1: unlimited. Default: -1")
    private int volumeQuota;

    void checkQuota() {
        InputRules.inRange("The number", volumeQuota, -1, Integer.MAX_VALUE);
    }

    void addTo(SimulatorSettingsBuilder settings) {
        settings.volumeTakes(volumeTakes).volumeAppearsAfter(volumeAppearsAfter).volumeQuota(volumeQuota);
    }
}
