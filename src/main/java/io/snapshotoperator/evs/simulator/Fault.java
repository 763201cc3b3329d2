/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.EnumSet;
import java.util.Set;

/**
 * What can go wrong, put in front of a model that knows nothing of it. A {@link FaultRule} says when, how often and with
 * which parameters; unless it names operations, a fault disturbs those it makes sense for.
 */
public enum Fault {
    /** The connection closes without an answer, {@code held} of real time later; nothing was done. */
    ANSWER_LOST_BEFORE_ACTING(Stage.BEFORE),
    /** The order is carried out, then the connection closes without an answer, {@code held} of real time later. */
    ANSWER_LOST_AFTER_ACTING(Stage.DELIVERY),
    /**
     * The connection closes without an answer, {@code held} of real time later; the order is carried out {@code delay} after
     * it was sent, in simulated time, if the cloud then accepts it.
     */
    CREATE_DELIVERED_LATE(Stage.BEFORE, Operation.CREATE, Operation.UPDATE, Operation.DELETE),
    /** 429, {@code APIGW.0308} or from IAM {@code IAM.0012}, with {@code retryAfter} if given; nothing was done. */
    THROTTLED(Stage.BEFORE),
    /** The order is carried out, then 429 is answered. */
    THROTTLED_AFTER_ACTING(Stage.AFTER),
    /** {@code status} (500), gateways' with an HTML body; nothing was done. */
    SERVER_ERROR(Stage.BEFORE),
    /** The order is carried out, then {@code status} (500) is answered. */
    SERVER_ERROR_AFTER_ACTING(Stage.AFTER),
    /** {@code status} (502) with an HTML body; nothing was done. */
    HTML_BODY(Stage.BEFORE),
    /** The order is carried out, then {@code status} (200) with an HTML body is answered. */
    HTML_BODY_AFTER_ACTING(Stage.AFTER),
    /** 413 in Cinder's words; nothing was done. */
    QUOTA(Stage.BEFORE, Operation.CREATE),
    /** 404 {@code APIGW.0101}; nothing was done. */
    API_NOT_PUBLISHED(Stage.BEFORE),
    /** The call is answered as if its token had just expired; nothing was done. */
    TOKEN_EXPIRED(Stage.BEFORE),
    /** {@code status} (400), {@code code} and {@code text} as given; nothing was done. */
    REJECTED(Stage.BEFORE),
    /** The order is carried out; the answer's body ends in the middle. */
    CUT_BODY(Stage.DELIVERY),
    /** The order is carried out at once; the answer takes {@code delay} of real time longer. */
    SLOW_ANSWER(Stage.DELIVERY),
    /** The order is carried out and answered 2xx, but without an id. */
    UNREADABLE_SUCCESS(Stage.APPEARANCE, Operation.CREATE),
    /** The snapshot is taken but lists leave it out for {@code delay}; reads by id find it. */
    LISTING_LAGS(Stage.FATE, Operation.CREATE),
    /** The snapshot is taken but every call by its id answers 404 for {@code delay}; lists show it. */
    READ_SEES_404_FOR(Stage.FATE, Operation.CREATE),
    /** The snapshot is taken without its metadata. */
    MARKER_NOT_KEPT(Stage.FATE, Operation.CREATE),
    SNAPSHOT_ENDS_IN_ERROR(Stage.FATE, Operation.CREATE),
    /** The snapshot stays {@code creating}. */
    STUCK_CREATING(Stage.FATE, Operation.CREATE),
    DELETE_ENDS_IN_ERROR_DELETING(Stage.FATE, Operation.DELETE),
    /** {@code deleting}, then {@code available} again (Cinder 12.0.0 cinder/volume/manager.py: SnapshotIsBusy). */
    DELETE_BOUNCES(Stage.FATE, Operation.DELETE),
    /** Lists ignore every filter. */
    FILTERS_IGNORED(Stage.FATE, Operation.LIST, Operation.LIST_SUMMARY),
    /** Pages by offset skip one more, as if something before them had been deleted meanwhile. */
    PAGE_SHIFTS(Stage.FATE, Operation.LIST, Operation.LIST_SUMMARY),
    /** Snapshots are shown with the status {@code text}. */
    STATUS_WORD(Stage.APPEARANCE, Operation.GET, Operation.LIST, Operation.LIST_SUMMARY),
    /** Times are shown as {@code text} says: {@code lower-case} (default), {@code no-fraction} or anything else, verbatim. */
    ODD_TIMES(Stage.APPEARANCE, Operation.CREATE, Operation.GET, Operation.LIST, Operation.LIST_SUMMARY),
    /** All but id, status and volume_id are shown as null. */
    NULL_FIELDS(Stage.APPEARANCE, Operation.CREATE, Operation.GET, Operation.LIST, Operation.LIST_SUMMARY),
    METADATA_NULL(Stage.APPEARANCE, Operation.CREATE, Operation.GET, Operation.LIST, Operation.LIST_SUMMARY);

    /** Where a fault takes hold. */
    enum Stage {
        /** Instead of the model. */
        BEFORE,
        /** Inside: what becomes of the order. */
        FATE,
        /** What is shown of snapshots. */
        APPEARANCE,
        /** Another answer than the model's. */
        AFTER,
        /** On the way back. */
        DELIVERY
    }

    private final Stage stage;
    private final Set<Operation> usual;

    Fault(Stage stage, Operation... usual) {
        this.stage = stage;
        this.usual = usual.length == 0 ? Set.of() : EnumSet.of(usual[0], usual);
    }

    Stage stage() {
        return stage;
    }

    /** Whether it disturbs such calls when the rule names none; no login fails unless a rule says so. */
    boolean usuallyDisturbs(Operation operation) {
        return usual.isEmpty() ? !operation.isIam() : usual.contains(operation);
    }
}
