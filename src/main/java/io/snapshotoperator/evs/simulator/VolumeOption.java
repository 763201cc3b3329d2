/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A disk as the command line describes it: {@code id[,size=40][,status=in-use][,az=…][,type=SSD][,takes=10s][,fault=…]}.
 * A fault happens always, or with {@code fault=…:2} the first two times.
 */
record VolumeOption(Volume volume, List<FaultRule> faults) {

    /** Throws {@link IllegalArgumentException} with a sentence for the user. */
    static VolumeOption parse(String text) {
        var parts = List.of(text.split(","));
        var volume = Volume.inUse(parts.get(0).strip());
        var faults = new ArrayList<FaultRule>();
        for (var part : parts.subList(1, parts.size())) {
            var cut = part.indexOf('=');
            if (cut < 0) {
                throw new IllegalArgumentException("Not a setting of a disk like size=40: " + part);
            }
            var value = part.substring(cut + 1).strip();
            switch (part.substring(0, cut).strip()) {
                case "size" -> volume = volume.withSizeGib(Integer.parseInt(value));
                case "status" -> volume = volume.withStatus(value);
                case "az" -> volume = volume.withAvailabilityZone(value);
                case "type" -> volume = volume.withVolumeType(value);
                case "takes" -> volume = volume.withSnapshotTakes(DurationText.parse(value));
                case "project" -> volume = volume.inProject(value);
                case "fault" -> faults.add(fault(value).ofVolume(volume.id()));
                default ->
                    throw new IllegalArgumentException(
                            "A disk has size, status, az, type, takes, project and fault, but not " + part);
            }
        }
        return new VolumeOption(volume, List.copyOf(faults));
    }

    private static FaultRule fault(String text) {
        var cut = text.indexOf(':');
        var name = cut < 0 ? text : text.substring(0, cut);
        var times = cut < 0 ? FaultRule.UNTIL_REMOVED : Integer.parseInt(text.substring(cut + 1));
        return FaultRule.times(Fault.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_')), times);
    }
}
