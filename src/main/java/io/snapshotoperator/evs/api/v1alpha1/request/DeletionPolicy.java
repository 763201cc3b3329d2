/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Arrays;

/** What happens to the cloud's snapshot when the object goes. Spelled as users write it. */
public enum DeletionPolicy {
    Delete,
    Retain,
    /** A word of a later version. One such object must not break the reading of all others; nothing may be deleted on it. */
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    public static DeletionPolicy ofWord(String word) {
        return Arrays.stream(values())
                .filter(policy -> policy.name().equals(word))
                .findFirst()
                .orElse(Unrecognized);
    }
}
