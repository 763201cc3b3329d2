/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

/** What can happen at a boundary. */
enum FaultType {
    /** SIGKILL; the request is lost with the process. */
    KILL_BEFORE,
    /** SIGKILL; the request has left and arrives all the same. */
    KILL_IN_FLIGHT,
    /** SIGKILL when the answer is there and before the process has it. */
    KILL_AFTER,
    /** SIGTERM, as on a rolling update; the answer is delivered. */
    TERMINATE,
    /** The connection breaks and the request never arrives. */
    DROP_REQUEST,
    /** The request arrives and is carried out; the connection breaks before the answer. */
    DROP_ANSWER,
    /** The API server refuses (403), as when roles or an admission policy are changed for a moment. */
    REJECT,
    /** The request arrives later, though within {@code settle}. */
    DELAY_REQUEST,
    /** The request arrives later than {@code settle}: the one thing that no client can prevent. Creates only. */
    DELIVER_LATE,
    /** The answer arrives later. */
    DELAY_ANSWER,
    /** The way to the Kubernetes API is cut for a while; the request does not arrive. */
    CUT_KUBERNETES,
    /** The way to the cloud is cut for a while; the request arrives if it goes the other way. */
    CUT_CLOUD,
    /** SIGSTOP past the lease while the request is under way, then SIGCONT. */
    PAUSE,
    /** SIGSTOP past the lease when the answer is there and before the process has it, then SIGCONT. */
    PAUSE_AFTER,
    /** Somebody annotates the object at this moment: one more event, and one more version. */
    TOUCH,
    /** Somebody deletes the object at this moment. */
    DELETE_OBJECT,
    /** Somebody empties the object's status at this moment. */
    WIPE_STATUS,
    /** Somebody takes the finalizer off at this moment. */
    STRIP_FINALIZER,
    /** Somebody deletes the Lease at this moment. */
    DELETE_LEASE;

    /** Whether it can happen there and would be another thing than its neighbours in this list. */
    boolean fits(Boundary where) {
        return switch (this) {
            case KILL_BEFORE, TERMINATE, PAUSE, CUT_KUBERNETES, CUT_CLOUD -> true;
            case DROP_REQUEST, DELAY_ANSWER -> true;
            case REJECT -> where.road() == Link.KUBERNETES && where != Boundary.WATCH_EVENT;
            case KILL_IN_FLIGHT, DELAY_REQUEST -> where.writes();
            case DELIVER_LATE -> where == Boundary.CREATE;
            case KILL_AFTER, DROP_ANSWER, PAUSE_AFTER -> where != Boundary.WATCH_EVENT;
            case TOUCH, DELETE_OBJECT, WIPE_STATUS, STRIP_FINALIZER -> where.isOfAnObject();
            case DELETE_LEASE -> where.writes();
        };
    }
}
