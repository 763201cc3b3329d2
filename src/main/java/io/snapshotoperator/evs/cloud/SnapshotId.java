/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Objects;

/** The id of a snapshot in the cloud. Opaque: the operator compares ids and does not parse them. */
public record SnapshotId(String value) {
    public SnapshotId {
        Objects.requireNonNull(value);
        if (value.isBlank()) {
            throw new IllegalArgumentException("a snapshot id must not be blank");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
