/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Objects;

/** The id of a volume in the cloud. Opaque: the operator compares ids and does not parse them. */
public record VolumeId(String value) {
    public VolumeId {
        Objects.requireNonNull(value);
        if (value.isBlank()) {
            throw new IllegalArgumentException("a volume id must not be blank");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
