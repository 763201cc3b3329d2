/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import java.util.Objects;

/**
 * The Kubernetes object for which the operator creates something in the cloud. Only the UID identifies it: an object
 * created later under the same name, or restored from a backup, is another owner.
 */
public record ObjectIdentity(String uid, String namespace, String name) {
    public ObjectIdentity {
        Objects.requireNonNull(uid);
        Objects.requireNonNull(namespace);
        Objects.requireNonNull(name);
    }
}
