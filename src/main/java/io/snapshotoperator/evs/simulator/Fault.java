/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * The faults that tests can inject. They act outside the state of the cloud, which contains none. A {@link FaultRule}
 * defines when, how often and with which parameters a fault occurs. Unless the rule names operations, the defaults
 * below apply; a fault without defaults affects every call except those to IAM. {@code held} is real time. A value in
 * brackets is the default of the parameter.
 */
public enum Fault {
    ANSWER_LOST_BEFORE_ACTING(
            "Does not execute the call. Closes the connection without a response after `held`.", Stage.BEFORE_ACTING),
    ANSWER_LOST_AFTER_ACTING(
            "Executes the call, then closes the connection without a response after `held`.", Stage.DELIVERY),
    CREATE_DELIVERED_LATE(
            "Closes the connection without a response after `held`. Executes the call `delay` after its arrival, in"
                    + " simulated time, if the cloud accepts it then.",
            Stage.BEFORE_ACTING,
            Operation.CREATE,
            Operation.UPDATE,
            Operation.DELETE),
    THROTTLED(
            "Does not execute the call. Returns 429 APIGW.0308, or IAM.0012 from IAM, with `retryAfter` if given.",
            Stage.BEFORE_ACTING),
    THROTTLED_AFTER_ACTING("Executes the call, then returns 429.", Stage.AFTER_ACTING),
    SERVER_ERROR(
            "Does not execute the call. Returns `status` (500); other than 500 and 501 with an HTML body.",
            Stage.BEFORE_ACTING),
    SERVER_ERROR_AFTER_ACTING("Executes the call, then returns `status` (500).", Stage.AFTER_ACTING),
    HTML_BODY("Does not execute the call. Returns `status` (502) with an HTML body.", Stage.BEFORE_ACTING),
    HTML_BODY_AFTER_ACTING("Executes the call, then returns `status` (200) with an HTML body.", Stage.AFTER_ACTING),
    QUOTA("Does not execute the call. Returns 413 with the message of Cinder.", Stage.BEFORE_ACTING, Operation.CREATE),
    API_NOT_PUBLISHED("Does not execute the call. Returns 404 APIGW.0101.", Stage.BEFORE_ACTING),
    TOKEN_EXPIRED("Does not execute the call. Returns the error for an expired token.", Stage.BEFORE_ACTING),
    REJECTED("Does not execute the call. Returns `status` (400) with `code` and `text`.", Stage.BEFORE_ACTING),
    CREDENTIALS_ECHOED_IN_ERROR(
            "Does not execute the call. Returns `status` (400). Wrapper, code, message and request ids contain `text` and"
                    + " the credentials of the request.",
            Stage.BEFORE_ACTING),
    CUT_BODY("Executes the call. The body of the response ends in the middle.", Stage.DELIVERY),
    SLOW_ANSWER("Executes the call at once. The response takes `delay` of real time longer.", Stage.DELIVERY),
    UNREADABLE_SUCCESS(
            "Executes the call and returns 2xx with the id `text`, or without an id.",
            Stage.PRESENTATION,
            Operation.CREATE),
    RESPONSE_OF_OTHER_SNAPSHOT(
            "Executes the call. The response describes a snapshot that does not exist, of another volume.",
            Stage.PRESENTATION,
            Operation.CREATE),
    LISTING_LAGS(
            "Creates the snapshot. Lists leave it out for `delay`; reads by id return it.",
            Stage.OUTCOME,
            Operation.CREATE),
    READ_SEES_404_FOR(
            "Creates the snapshot. Calls by its id return 404 for `delay`; lists show it.",
            Stage.OUTCOME,
            Operation.CREATE),
    MARKER_NOT_KEPT("Creates the snapshot without its metadata.", Stage.OUTCOME, Operation.CREATE),
    SNAPSHOT_ENDS_IN_ERROR("The snapshot becomes error instead of available.", Stage.OUTCOME, Operation.CREATE),
    VOLUME_ENDS_IN_ERROR(
            "The volume becomes error instead of available. The job fails with `code` (EVS.2024) and `text`.",
            Stage.OUTCOME,
            Operation.DISK_CREATE),
    JOB_FAILS_WITHOUT_VOLUME(
            "Starts a job that creates no volume and fails with `code` (EVS.2002) and `text`. In the Cinder family, which"
                    + " has no jobs, the volume becomes error.",
            Stage.OUTCOME,
            Operation.DISK_CREATE),
    JOB_FORGOTTEN(
            "The id of the job is unknown from this call on. The work of the job continues.",
            Stage.OUTCOME,
            Operation.DISK_CREATE,
            Operation.DISK_DELETE,
            Operation.JOB_GET),
    STUCK_CREATING("The snapshot stays creating.", Stage.OUTCOME, Operation.CREATE),
    DELETE_ENDS_IN_ERROR_DELETING(
            "The snapshot becomes deleting, then error_deleting.", Stage.OUTCOME, Operation.DELETE),
    /** Cinder 12.0.0 cinder/volume/manager.py: SnapshotIsBusy. */
    DELETE_BOUNCES("The snapshot becomes deleting, then available again.", Stage.OUTCOME, Operation.DELETE),
    FILTERS_IGNORED("Lists ignore every filter.", Stage.OUTCOME, Operation.LIST, Operation.LIST_SUMMARY),
    PAGE_SHIFTS(
            "A page with an offset skips one more snapshot, as if an earlier one was deleted between two pages.",
            Stage.OUTCOME,
            Operation.LIST,
            Operation.LIST_SUMMARY),
    PAGES_CUT(
            "Lists cut each page at `text` snapshots (100), whatever limit the request names.",
            Stage.OUTCOME,
            Operation.LIST,
            Operation.LIST_SUMMARY),
    PAGE_HINTS_MISSING(
            "Lists show neither count nor a link to the next page; with the `text` count or next, only not this.",
            Stage.OUTCOME,
            Operation.LIST,
            Operation.LIST_SUMMARY),
    COUNT_TOO_HIGH("The count of lists is one too high.", Stage.OUTCOME, Operation.LIST, Operation.LIST_SUMMARY),
    STATUS_WORD(
            "Responses show snapshots with the status `text`.",
            Stage.PRESENTATION,
            Operation.GET,
            Operation.LIST,
            Operation.LIST_SUMMARY),
    ODD_TIMES(
            "Times have the form `text`: lower-case (default), no-fraction, or any other text, verbatim.",
            Stage.PRESENTATION,
            Operation.CREATE,
            Operation.GET,
            Operation.LIST,
            Operation.LIST_SUMMARY),
    NULL_FIELDS(
            "Responses show all fields except id, status and volume_id as null.",
            Stage.PRESENTATION,
            Operation.CREATE,
            Operation.GET,
            Operation.LIST,
            Operation.LIST_SUMMARY),
    METADATA_NULL(
            "Responses show metadata as null.",
            Stage.PRESENTATION,
            Operation.CREATE,
            Operation.GET,
            Operation.LIST,
            Operation.LIST_SUMMARY),
    CREDENTIALS_ECHOED(
            "Responses show snapshots whose name, description, additional metadata and additional fields contain `text`"
                    + " and the credentials of the request.",
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
        /** The fault changes the snapshots, the volumes or the job in the response. */
        PRESENTATION,
        /** The fault replaces the response after the execution. */
        AFTER_ACTING,
        /** The fault changes how the response is sent. */
        DELIVERY
    }

    private final String meaning;
    private final Stage stage;
    private final Set<Operation> defaults;

    Fault(String meaning, Stage stage, Operation... defaults) {
        this.meaning = meaning;
        this.stage = stage;
        this.defaults = defaults.length == 0 ? Operation.ofEvs() : EnumSet.of(defaults[0], defaults);
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

    /** Returns what the fault does, as the help and docs/reference/simulator.md state it. */
    String meaning() {
        return meaning;
    }

    /** Returns the operations that the fault affects unless a rule names others. */
    Set<Operation> defaultOperations() {
        return Set.copyOf(defaults);
    }

    Stage stage() {
        return stage;
    }

    /**
     * Returns the operations on which the fault can have an effect. A fault that changes what a call about snapshots
     * does can do the same to volumes, but only if a rule says so.
     */
    Set<Operation> possibleOperations() {
        var possible = EnumSet.allOf(Operation.class);
        if (stage == Stage.OUTCOME) {
            possible.removeIf(operation -> !defaults.contains(operation)
                    && (this == SNAPSHOT_ENDS_IN_ERROR || !defaults.contains(operation.onSnapshots())));
        }
        return possible;
    }

    /**
     * Returns whether the fault affects this operation if the rule names none. Calls to IAM need a rule that names
     * them.
     */
    boolean affectsByDefault(Operation operation) {
        return defaults.contains(operation);
    }
}
