/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Locale;

/**
 * The status of a volume in the cloud: every status of the EVS API reference, "EVS Disk Status", that the operator treats in its
 * own way, and one for each group of the others. An unknown word counts as transient.
 */
public enum VolumeState {
    CREATING,
    /** Detached and usable. */
    AVAILABLE,
    /** Attached to a server. */
    IN_USE,
    /** The creation failed. */
    ERROR,
    DELETING,
    ERROR_DELETING,
    /** A volume that was created before, and whose expansion, rollback, detachment or restore from a backup failed. */
    ERROR_LATER,
    /** A state that ends without help, such as {@code attaching}, {@code extending} or {@code backing-up}. */
    TRANSIENT,
    UNRECOGNIZED;

    /** Returns the state of a status word, ignoring case; {@link #UNRECOGNIZED} for null and unknown words. */
    public static VolumeState ofWire(String word) {
        if (word == null) {
            return UNRECOGNIZED;
        }
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "creating" -> CREATING;
            case "available" -> AVAILABLE;
            case "in-use" -> IN_USE;
            case "error" -> ERROR;
            case "deleting" -> DELETING;
            case "error_deleting" -> ERROR_DELETING;
            case "error_restoring", "error_extending", "error_rollbacking", "error_detaching" -> ERROR_LATER;
            case "attaching",
                    "detaching",
                    "extending",
                    "restoring-backup",
                    "backing-up",
                    "uploading",
                    "downloading",
                    "rollbacking",
                    "awaiting-transfer" -> TRANSIENT;
            default -> UNRECOGNIZED;
        };
    }
}
