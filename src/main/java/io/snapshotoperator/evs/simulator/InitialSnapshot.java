/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.HashSet;
import java.util.Optional;

/**
 * A snapshot that exists at the start, with a known id. It stands for a snapshot of another tool.
 *
 * @param volumeId the volume, which does not have to exist
 * @param status any word
 */
public record InitialSnapshot(String id, String volumeId, Optional<String> name, String status) {

    /**
     * Parses {@code id,disk=…[,name=…][,status=available]}. Throws {@link IllegalArgumentException} with a sentence for
     * the user if the text is invalid.
     */
    static InitialSnapshot parse(String text) {
        var parts = text.split(",", -1);
        var given = new HashSet<String>();
        var volumeId = "";
        Optional<String> name = Optional.empty();
        var status = "available";
        for (var i = 1; i < parts.length; i++) {
            var cut = parts[i].indexOf('=');
            var value = parts[i].substring(cut + 1).strip();
            var property = cut < 0 ? "" : parts[i].substring(0, cut).strip();
            if (!given.add(property)) {
                throw new IllegalArgumentException(
                        "A snapshot has each property once, but '" + text + "' names one twice.");
            }
            switch (property) {
                case "disk" -> volumeId = value;
                case "name" -> name = Optional.of(InputRules.notBlank("The name of a snapshot", value));
                case "status" -> status = InputRules.status("The status of a snapshot", value);
                default ->
                    throw new IllegalArgumentException(
                            "A snapshot has disk, name and status, but not '" + parts[i] + "'.");
            }
        }
        var id = parts[0].strip();
        if (id.isEmpty() || volumeId.isEmpty()) {
            throw new IllegalArgumentException("A snapshot must have an id and a disk=…, but is '" + text + "'.");
        }
        return new InitialSnapshot(
                InputRules.id("The id of a snapshot", id),
                InputRules.id("The disk of a snapshot", volumeId),
                name,
                status);
    }
}
