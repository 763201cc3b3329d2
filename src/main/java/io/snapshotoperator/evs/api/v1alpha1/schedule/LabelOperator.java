/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.schedule;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;

/** How a label is compared. Spelled as in the selectors of Kubernetes. */
public enum LabelOperator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
    /** A value of a later version, so that one such object does not make all others unreadable. Its schedule reports ScheduleInvalid. */
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    public static LabelOperator of(String value) {
        return switch (value) {
            case "In" -> In;
            case "NotIn" -> NotIn;
            case "Exists" -> Exists;
            case "DoesNotExist" -> DoesNotExist;
            default -> Unrecognized;
        };
    }
}
