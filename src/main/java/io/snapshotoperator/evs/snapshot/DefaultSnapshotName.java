/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.createonce.ObjectIdentity;

/** The name in the cloud of a snapshot whose request names none. For people; never an identity. */
public final class DefaultSnapshotName {
    /** The console takes at most 64 characters (OTC user manual, "Creating an EVS Snapshot"). */
    static final int MAX_LENGTH = 64;

    private DefaultSnapshotName() {}

    /**
     * Namespace and name of the object, cut if need be, and the first block of its UID, so that equal beginnings stay
     * apart. Kubernetes names are ASCII, so characters are bytes here.
     */
    public static String of(ObjectIdentity owner) {
        var tail = "-"
                + owner.uid()
                        .replace("-", "")
                        .substring(0, Math.min(8, owner.uid().replace("-", "").length()));
        var head = "vsr-" + owner.namespace() + "-" + owner.name();
        return head.substring(0, Math.min(head.length(), MAX_LENGTH - tail.length())) + tail;
    }
}
