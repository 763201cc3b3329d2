/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Locale;

/**
 * The status of a job: every status of the EVS API reference, "Querying Task Status", and one for all other words. An unknown
 * word counts as running. It never counts as success or failure.
 */
public enum JobState {
    INIT,
    RUNNING,
    SUCCESS,
    FAIL,
    UNRECOGNIZED;

    /** Returns the state of a status word, ignoring case; {@link #UNRECOGNIZED} for null and unknown words. */
    public static JobState ofWire(String word) {
        if (word == null) {
            return UNRECOGNIZED;
        }
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "init" -> INIT;
            case "running" -> RUNNING;
            case "success" -> SUCCESS;
            case "fail" -> FAIL;
            default -> UNRECOGNIZED;
        };
    }
}
