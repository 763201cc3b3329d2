/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Optional;

/**
 * A snapshot that somebody else took before the simulator started, under an id that can be written down beforehand.
 *
 * @param volumeId its disk; need not exist
 * @param status any word
 */
public record InitialSnapshot(String id, String volumeId, Optional<String> name, String status) {

    /**
     * As the command line describes it: {@code id,disk=…[,name=…][,status=available]}. Throws {@link
     * IllegalArgumentException} with a sentence for the user.
     */
    static InitialSnapshot parse(String text) {
        var parts = text.split(",");
        var volumeId = "";
        Optional<String> name = Optional.empty();
        var status = "available";
        for (var i = 1; i < parts.length; i++) {
            var cut = parts[i].indexOf('=');
            var value = parts[i].substring(cut + 1).strip();
            switch (cut < 0 ? "" : parts[i].substring(0, cut).strip()) {
                case "disk" -> volumeId = value;
                case "name" -> name = Optional.of(value);
                case "status" -> status = value;
                default ->
                    throw new IllegalArgumentException("A snapshot has disk, name and status, but not " + parts[i]);
            }
        }
        if (volumeId.isEmpty()) {
            throw new IllegalArgumentException("A snapshot needs its disk=…: " + text);
        }
        return new InitialSnapshot(parts[0].strip(), volumeId, name, status);
    }
}
