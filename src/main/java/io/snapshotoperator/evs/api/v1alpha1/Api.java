/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1;

import java.util.Set;

/** Names that users and stored objects refer to. A change of one is an API change. */
public final class Api {
    public static final String GROUP = "evs.snapshot-operator.io";
    public static final String VERSION = "v1alpha1";

    /** Finalizer of every object whose removal may have to wait for the cloud. */
    public static final String FINALIZER = GROUP + "/snapshot";

    /** Finalizer of a request whose {@code VolumeSnapshotContent} must be removed before its snapshot. */
    public static final String CONTENT_FINALIZER = GROUP + "/volume-snapshot-content";

    /**
     * {@code "true"}: the operator sends no create, delete or update request for the object. It still records the state
     * of a recorded snapshot. Set by users.
     */
    public static final String PAUSED = GROUP + "/paused";

    /** Any new value: the operator reads the cloud now. Set by users and tools. */
    public static final String RECONCILE_REQUESTED_AT = GROUP + "/reconcile-requested-at";

    /**
     * {@code "true"} on an object that is being deleted: the operator leaves the snapshot in the cloud, records an
     * event and removes the finalizer. Set by users.
     */
    public static final String ABANDON = GROUP + "/abandon";

    /**
     * Any new value: the user allows another create request after {@code CreateOutcomeUnknown}. The same value never
     * allows a second one. Set by users.
     */
    public static final String RETRY_CREATE = GROUP + "/retry-create";

    /** The create intent, recorded before each create request. Set by the operator only. */
    public static final String CREATE_INTENT = GROUP + "/create-intent";

    /** {@code "true"} on a request of a schedule: the retention policy does not delete it. Set by users. */
    public static final String HOLD = GROUP + "/hold";

    /** The slot of a request of a schedule, in UTC (RFC 3339). Set by the operator only. */
    public static final String SLOT = GROUP + "/slot";

    /** A label: the UID of the schedule that created the request. Set by the operator only. */
    public static final String SCHEDULE_UID = GROUP + "/schedule-uid";

    /** A label for users: the name of the schedule that created the request, if a label can have it. Set by the operator only. */
    public static final String SCHEDULE = GROUP + "/schedule";

    /** A label of a {@code VolumeSnapshotContent} and a {@code VolumeSnapshot}: the UID of its request. Set by the operator only. */
    public static final String REQUEST_UID = GROUP + "/request-uid";

    /** All annotations that the operator reads. It keeps no other one in memory. */
    public static final Set<String> ANNOTATIONS =
            Set.of(PAUSED, RECONCILE_REQUESTED_AT, ABANDON, RETRY_CREATE, CREATE_INTENT, HOLD, SLOT);

    private Api() {}
}
