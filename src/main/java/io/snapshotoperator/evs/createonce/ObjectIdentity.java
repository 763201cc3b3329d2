/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import java.util.Objects;

/**
 * The object that asks. Only the UID is its identity: a namesake created later, or a copy restored from a backup, is
 * another owner.
 */
public record ObjectIdentity(String uid, String namespace, String name) {
    public ObjectIdentity {
        Objects.requireNonNull(uid);
        Objects.requireNonNull(namespace);
        Objects.requireNonNull(name);
    }
}
