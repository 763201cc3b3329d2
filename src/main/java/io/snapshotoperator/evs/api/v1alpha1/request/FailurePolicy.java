/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;

/** States what the operator does with a new snapshot that the cloud reports as failed. Spelled as users write it. */
public enum FailurePolicy {
    Keep,
    Replace,
    /**
     * A value of a later version, so that one such object does not make all others unreadable. The operator
     * treats it as {@code Keep}.
     */
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    public static FailurePolicy of(String value) {
        return switch (value) {
            case "Keep" -> Keep;
            case "Replace" -> Replace;
            default -> Unrecognized;
        };
    }
}
