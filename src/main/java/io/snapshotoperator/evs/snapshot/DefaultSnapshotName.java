/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.createonce.ObjectIdentity;

/** The name in the cloud of a snapshot whose spec gives none. It is for users and identifies nothing. */
public final class DefaultSnapshotName {
    /** The console accepts at most 64 characters (OTC user manual, "Creating an EVS Snapshot"). */
    static final int MAX_LENGTH = 64;

    private DefaultSnapshotName() {}

    /**
     * Returns namespace and name of the object, cut to the limit, and the first block of its UID, which keeps cut names
     * different. Kubernetes names are ASCII, so characters are bytes here.
     */
    public static String of(ObjectIdentity owner) {
        var uid = owner.uid().replace("-", "");
        var tail = "-" + uid.substring(0, Math.min(8, uid.length()));
        var head = "vsr-" + owner.namespace() + "-" + owner.name();
        return head.substring(0, Math.min(head.length(), MAX_LENGTH - tail.length())) + tail;
    }
}
