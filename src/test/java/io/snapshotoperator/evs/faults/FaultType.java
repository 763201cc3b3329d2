/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

/** What can happen at a boundary. */
enum FaultType {
    /** SIGKILL. The request is lost with the process. */
    KILL_BEFORE,
    /** SIGKILL. The request was sent, and still arrives. */
    KILL_IN_FLIGHT,
    /** SIGKILL after the response exists and before the process receives it. */
    KILL_AFTER,
    /** SIGTERM, as in a rolling update. The response is delivered. */
    TERMINATE,
    /**
     * SIGTERM. The process gives the request up and ends. Then a user replaces the object with a manifest without annotations
     * and finalizers, so that no create intent tells the next process of the request. Later, within the settle time, the
     * request arrives. Creates only.
     */
    TERMINATE_IN_FLIGHT,
    /** The connection breaks, and the request never arrives. */
    DROP_REQUEST,
    /** The request arrives and is executed. The connection breaks before the response. */
    DROP_RESPONSE,
    /** The API server answers 403, as when roles or an admission policy change for a moment. */
    REJECT,
    /** The request arrives later, but within the settle time. */
    DELAY_REQUEST,
    /** The request arrives later than the settle time. No client can prevent this. Creates only. */
    DELIVER_LATE,
    /** The response arrives later. */
    DELAY_RESPONSE,
    /** The link to the Kubernetes API is cut for a while. A request on it does not arrive. */
    CUT_KUBERNETES,
    /** The link to the cloud is cut for a while. A request on it does not arrive. */
    CUT_CLOUD,
    /** SIGSTOP for longer than the lease while the request is in flight, then SIGCONT. */
    PAUSE,
    /** SIGSTOP for longer than the lease after the response exists and before the process receives it, then SIGCONT. */
    PAUSE_AFTER,
    /** A user annotates the object at this moment: one more event, and one more version. */
    TOUCH,
    /** A user deletes the object at this moment. */
    DELETE_OBJECT,
    /** A user removes the status of the object at this moment. */
    WIPE_STATUS,
    /** A user removes the finalizer at this moment. */
    STRIP_FINALIZER,
    /** A user deletes the Lease at this moment. */
    DELETE_LEASE;

    /** Whether it can happen there and differs from the other faults of this list. */
    boolean fits(Boundary where) {
        return switch (this) {
            case KILL_BEFORE, TERMINATE, PAUSE, CUT_KUBERNETES, CUT_CLOUD -> true;
            case DROP_REQUEST, DELAY_RESPONSE -> true;
            case REJECT -> where.link() == Link.KUBERNETES && where != Boundary.WATCH_EVENT;
            case KILL_IN_FLIGHT, DELAY_REQUEST -> where.isMutating();
            case DELIVER_LATE, TERMINATE_IN_FLIGHT -> where.isCreate();
            case KILL_AFTER, DROP_RESPONSE, PAUSE_AFTER -> where != Boundary.WATCH_EVENT;
            case TOUCH, DELETE_OBJECT, WIPE_STATUS, STRIP_FINALIZER -> where.namesObject();
            case DELETE_LEASE -> where.isMutating();
        };
    }
}
