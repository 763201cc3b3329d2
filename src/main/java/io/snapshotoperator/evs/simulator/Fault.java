/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * The faults that tests can inject. They act outside the state of the cloud, which contains none. A {@link FaultRule}
 * defines when, how often and with which parameters a fault occurs. Unless the rule names operations, the defaults
 * below apply.
 */
public enum Fault {
    /** Does not execute the call. Closes the connection without a response after {@code held} of real time. */
    ANSWER_LOST_BEFORE_ACTING(Stage.BEFORE_ACTING),
    /** Executes the call, then closes the connection without a response after {@code held} of real time. */
    ANSWER_LOST_AFTER_ACTING(Stage.DELIVERY),
    /**
     * Closes the connection without a response after {@code held} of real time. Executes the call {@code delay} after
     * its arrival, in simulated time, if the cloud accepts it then. Works for update and delete requests too.
     */
    CREATE_DELIVERED_LATE(Stage.BEFORE_ACTING, Operation.CREATE, Operation.UPDATE, Operation.DELETE),
    /**
     * Does not execute the call. Returns 429 {@code APIGW.0308}, or {@code IAM.0012} from IAM, with {@code retryAfter}
     * if given.
     */
    THROTTLED(Stage.BEFORE_ACTING),
    /** Executes the call, then returns 429. */
    THROTTLED_AFTER_ACTING(Stage.AFTER_ACTING),
    /** Does not execute the call. Returns {@code status} (500). Other than 500 and 501 it has an HTML body. */
    SERVER_ERROR(Stage.BEFORE_ACTING),
    /** Executes the call, then returns {@code status} (500). */
    SERVER_ERROR_AFTER_ACTING(Stage.AFTER_ACTING),
    /** Does not execute the call. Returns {@code status} (502) with an HTML body. */
    HTML_BODY(Stage.BEFORE_ACTING),
    /** Executes the call, then returns {@code status} (200) with an HTML body. */
    HTML_BODY_AFTER_ACTING(Stage.AFTER_ACTING),
    /** Does not execute the call. Returns 413 with the message of Cinder. */
    QUOTA(Stage.BEFORE_ACTING, Operation.CREATE),
    /** Does not execute the call. Returns 404 {@code APIGW.0101}. */
    API_NOT_PUBLISHED(Stage.BEFORE_ACTING),
    /** Does not execute the call. Returns the error for an expired token. */
    TOKEN_EXPIRED(Stage.BEFORE_ACTING),
    /** Does not execute the call. Returns {@code status} (400) with {@code code} and {@code text}. */
    REJECTED(Stage.BEFORE_ACTING),
    /**
     * Does not execute the call. Returns {@code status} (400). Wrapper, code, message and request ids contain {@code text}
     * and the credentials of the request.
     */
    CREDENTIALS_ECHOED_IN_ERROR(Stage.BEFORE_ACTING),
    /** Executes the call. The body of the response ends in the middle. */
    CUT_BODY(Stage.DELIVERY),
    /** Executes the call at once. The response takes {@code delay} of real time longer. */
    SLOW_ANSWER(Stage.DELIVERY),
    /** Executes the call and returns 2xx with the id {@code text}, or without an id. */
    UNREADABLE_SUCCESS(Stage.PRESENTATION, Operation.CREATE),
    /** Executes the call. The response describes a snapshot that does not exist, of another volume. */
    RESPONSE_OF_OTHER_SNAPSHOT(Stage.PRESENTATION, Operation.CREATE),
    /** Creates the snapshot. Lists leave it out for {@code delay}; reads by id return it. */
    LISTING_LAGS(Stage.OUTCOME, Operation.CREATE),
    /** Creates the snapshot. Calls by its id return 404 for {@code delay}; lists show it. */
    READ_SEES_404_FOR(Stage.OUTCOME, Operation.CREATE),
    /** Creates the snapshot without its metadata. */
    MARKER_NOT_KEPT(Stage.OUTCOME, Operation.CREATE),
    SNAPSHOT_ENDS_IN_ERROR(Stage.OUTCOME, Operation.CREATE),
    /** The snapshot stays {@code creating}. */
    STUCK_CREATING(Stage.OUTCOME, Operation.CREATE),
    DELETE_ENDS_IN_ERROR_DELETING(Stage.OUTCOME, Operation.DELETE),
    /**
     * The status becomes {@code deleting}, then {@code available} again (Cinder 12.0.0 cinder/volume/manager.py:
     * SnapshotIsBusy).
     */
    DELETE_BOUNCES(Stage.OUTCOME, Operation.DELETE),
    /** Lists ignore every filter. */
    FILTERS_IGNORED(Stage.OUTCOME, Operation.LIST, Operation.LIST_SUMMARY),
    /** A page with an offset skips one more snapshot, as if an earlier snapshot was deleted between two pages. */
    PAGE_SHIFTS(Stage.OUTCOME, Operation.LIST, Operation.LIST_SUMMARY),
    /** Lists cut each page at {@code text} snapshots (100), whatever the request asks for. */
    PAGES_CUT(Stage.OUTCOME, Operation.LIST, Operation.LIST_SUMMARY),
    /** Lists show neither {@code count} nor a link to the next page; with the text {@code count} or {@code next}, only not this. */
    PAGE_HINTS_MISSING(Stage.OUTCOME, Operation.LIST, Operation.LIST_SUMMARY),
    /** The {@code count} of lists is one too high, so that no list agrees with it. */
    COUNT_TOO_HIGH(Stage.OUTCOME, Operation.LIST, Operation.LIST_SUMMARY),
    /** Responses show snapshots with the status {@code text}. */
    STATUS_WORD(Stage.PRESENTATION, Operation.GET, Operation.LIST, Operation.LIST_SUMMARY),
    /**
     * Times have the form {@code text}: {@code lower-case} (default), {@code no-fraction}, or any other text, verbatim.
     */
    ODD_TIMES(Stage.PRESENTATION, Operation.CREATE, Operation.GET, Operation.LIST, Operation.LIST_SUMMARY),
    /** Responses show all fields except id, status and volume_id as null. */
    NULL_FIELDS(Stage.PRESENTATION, Operation.CREATE, Operation.GET, Operation.LIST, Operation.LIST_SUMMARY),
    METADATA_NULL(Stage.PRESENTATION, Operation.CREATE, Operation.GET, Operation.LIST, Operation.LIST_SUMMARY),
    /**
     * Responses show snapshots whose name, description, additional metadata and additional fields contain {@code text} and
     * the credentials of the request.
     */
    CREDENTIALS_ECHOED(
            Stage.PRESENTATION,
            Operation.CREATE,
            Operation.GET,
            Operation.LIST,
            Operation.LIST_SUMMARY,
            Operation.UPDATE);

    /** The stage of a call at which a fault acts. */
    enum Stage {
        /** The fault replaces the execution. */
        BEFORE_ACTING,
        /** The fault changes what the execution does. */
        OUTCOME,
        /** The fault changes the snapshots in the response. */
        PRESENTATION,
        /** The fault replaces the response after the execution. */
        AFTER_ACTING,
        /** The fault changes how the response is sent. */
        DELIVERY
    }

    private final Stage stage;
    private final Set<Operation> defaults;

    Fault(Stage stage, Operation... defaults) {
        this.stage = stage;
        this.defaults = defaults.length == 0 ? Set.of() : EnumSet.of(defaults[0], defaults);
    }

    /**
     * Returns the fault of this name. Throws {@link IllegalArgumentException} with a sentence for the user if there is
     * none.
     */
    static Fault named(String name) {
        return Arrays.stream(values())
                .filter(fault -> fault.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no fault '" + name + "'. The faults are " + Arrays.toString(values()) + "."));
    }

    Stage stage() {
        return stage;
    }

    /**
     * Returns whether the fault affects this operation if the rule names none. Calls to IAM need a rule that names
     * them.
     */
    boolean affectsByDefault(Operation operation) {
        return defaults.isEmpty() ? !operation.isIam() : defaults.contains(operation);
    }
}
