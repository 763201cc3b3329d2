/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.ratelimit;

/** The purpose of a call. Each lane has a share of the rate that the other lanes cannot take. */
public enum Lane {
    CREATE(0.3),
    /** Delete requests, updates of name or description, and create requests for volumes, which no quota of snapshots concerns. */
    DELETE(0.3),
    READ(0.2),
    /**
     * The calls of the poller: lists that many objects share, and the reads by id that stand in for an incomplete list. The
     * reads of single objects cannot take its share.
     */
    POLL(0.2);

    private final double share;

    Lane(double share) {
        this.share = share;
    }

    /** Whether the calls of this lane change something in the cloud. */
    boolean isMutating() {
        return this == CREATE || this == DELETE;
    }

    /** Returns the share of the rate; the shares of all lanes add up to 1. */
    double share() {
        return share;
    }
}
