/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.schedule;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;

/** What happens at a slot if an earlier request of the same source is still in progress. */
public enum OverlapPolicy {
    /** The source waits, and is skipped for this slot after the starting deadline. */
    Skip,
    /** Another request is created. The cloud can reject it. */
    Allow,
    /** A value of a later version, so that one such object does not make all others unreadable. Treated as {@code Skip}. */
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    public static OverlapPolicy of(String value) {
        return switch (value) {
            case "Skip" -> Skip;
            case "Allow" -> Allow;
            default -> Unrecognized;
        };
    }
}
