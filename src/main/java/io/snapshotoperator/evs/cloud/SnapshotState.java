/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Locale;

/**
 * The status of a snapshot in the cloud: every status of the EVS API reference, "EVS Snapshot Status", and one for all other
 * words. The operator treats an unknown word as transient. It never counts as ready or as absent.
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

    /** Returns the state of a status word, ignoring case; {@link #UNRECOGNIZED} for null and unknown words. */
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
