/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Arrays;

/** What happens when the cloud reports a new snapshot as failed. Spelled as users write it. */
public enum FailurePolicy {
    Keep,
    Replace,
    /** A word of a later version. One such object must not break the reading of all others; to be treated as Keep. */
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    public static FailurePolicy ofWord(String word) {
        return Arrays.stream(values())
                .filter(policy -> policy.name().equals(word))
                .findFirst()
                .orElse(Unrecognized);
    }
}
