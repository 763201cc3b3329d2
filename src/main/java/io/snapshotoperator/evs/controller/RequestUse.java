/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.javaoperatorsdk.operator.processing.event.ResourceID;

/** Knows which requests other kinds need, so that their snapshots must not be deleted now. Safe for use by many threads. */
@FunctionalInterface
public interface RequestUse {
    /** No other kind needs a request. */
    RequestUse NONE = request -> false;

    /** Whether the answers are complete. After a start they are not, and no snapshot may be deleted. */
    default boolean isKnown() {
        return true;
    }

    /** Whether the cloud creates a volume from the snapshot of the request, or may do so. */
    boolean isBeingRestored(ResourceID request);
}
