/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Objects;

/** The id of a job of the native family. Opaque: the documented examples have two different forms. */
public record JobId(String value) {
    public JobId {
        Objects.requireNonNull(value);
        if (value.isBlank()) {
            throw new IllegalArgumentException("a job id must not be blank");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
