/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Locale;

/**
 * What the cloud says of a snapshot: every state that the EVS reference lists ("EVS Snapshot Status"), plus one for
 * words that it does not. An unknown word is waited on; it is never guessed to be good or gone.
 */
public enum SnapshotState {
    CREATING,
    AVAILABLE,
    ERROR,
    DELETING,
    ERROR_DELETING,
    ROLLBACKING,
    BACKING_UP,
    UNRECOGNIZED;

    /** Reads the word on the wire, whatever its case; null and unknown words are {@link #UNRECOGNIZED}. */
    public static SnapshotState ofWire(String word) {
        if (word == null) {
            return UNRECOGNIZED;
        }
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "creating" -> CREATING;
            case "available" -> AVAILABLE;
            case "error" -> ERROR;
            case "deleting" -> DELETING;
            case "error_deleting" -> ERROR_DELETING;
            case "rollbacking" -> ROLLBACKING;
            case "backing-up" -> BACKING_UP;
            default -> UNRECOGNIZED;
        };
    }
}
