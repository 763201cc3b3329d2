/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.schedule;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;

/** What happens to the requests of a schedule when the schedule is deleted. */
public enum RequestsPolicy {
    /** They stay, with their snapshots. */
    Keep,
    /** The schedule owns them, so Kubernetes deletes them. Their {@code deletionPolicy} decides about the snapshots. */
    Delete,
    /** A value of a later version, so that one such object does not make all others unreadable. Treated as {@code Keep}. */
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    public static RequestsPolicy of(String value) {
        return switch (value) {
            case "Keep" -> Keep;
            case "Delete" -> Delete;
            default -> Unrecognized;
        };
    }
}
