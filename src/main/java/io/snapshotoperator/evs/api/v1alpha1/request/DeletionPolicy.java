/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;

/** States what the operator does with the snapshot when the object is deleted. Spelled as users write it. */
public enum DeletionPolicy {
    Delete,
    Retain,
    /**
     * A value of a later version, so that one such object does not make all others unreadable. The operator
     * treats it as {@code Retain}.
     */
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    public static DeletionPolicy of(String value) {
        return switch (value) {
            case "Delete" -> Delete;
            case "Retain" -> Retain;
            default -> Unrecognized;
        };
    }
}
