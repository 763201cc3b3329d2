/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/**
 * A volume of the command line:
 * {@code id[,size=40][,status=in-use][,az=…][,type=SSD][,takes=10s][,project=…][,fault=…]}. A fault affects all calls,
 * or with {@code fault=…:2} the first two.
 */
record VolumeOption(Volume volume, List<FaultRule> faults) {

    /** Throws {@link IllegalArgumentException} with a sentence for the user if the text is invalid. */
    static VolumeOption parse(String text) {
        var parts = List.of(text.split(",", -1));
        var id = parts.get(0).strip();
        if (id.isEmpty()) {
            throw new IllegalArgumentException("A volume must have an id, but is '" + text + "'.");
        }
        var volume = Volume.inUse(InputRules.id("The id of a volume", id));
        var given = new HashSet<String>();
        var faults = new ArrayList<FaultRule>();
        for (var part : parts.subList(1, parts.size())) {
            var cut = part.indexOf('=');
            if (cut < 0) {
                throw new IllegalArgumentException(
                        "A volume must have properties like size=40, but has '" + part + "'.");
            }
            var value = part.substring(cut + 1).strip();
            var property = part.substring(0, cut).strip();
            if (!given.add(property) && !"fault".equals(property)) {
                throw new IllegalArgumentException(
                        "A volume has " + property + " once, but '" + text + "' names it twice.");
            }
            switch (property) {
                case "size" ->
                    volume = volume.withSizeGib(InputRules.sizeGib(InputRules.number("The size of a volume", value)));
                case "status" -> volume = volume.withStatus(InputRules.status("The status of a volume", value));
                case "az" -> volume = volume.withAvailabilityZone(InputRules.id("The az of a volume", value));
                case "type" -> volume = volume.withVolumeType(InputRules.id("The type of a volume", value));
                case "takes" -> volume = volume.withSnapshotTakes(DurationText.parse(value));
                case "project" -> volume = volume.inProject(InputRules.id("The project of a volume", value));
                case "fault" -> faults.add(fault(value).ofVolume(volume.id()));
                default ->
                    throw new IllegalArgumentException(
                            "A volume has size, status, az, type, takes, project and fault, but not '" + part + "'.");
            }
        }
        return new VolumeOption(volume, List.copyOf(faults));
    }

    private static FaultRule fault(String text) {
        var cut = text.indexOf(':');
        var name = cut < 0 ? text : text.substring(0, cut);
        var times = cut < 0
                ? FaultRule.UNTIL_REMOVED
                : InputRules.inRange(
                        "The count of a fault",
                        InputRules.number("The count of a fault", text.substring(cut + 1)),
                        1,
                        Integer.MAX_VALUE);
        return FaultRule.times(Fault.named(name.toUpperCase(Locale.ROOT).replace('-', '_')), times);
    }
}
