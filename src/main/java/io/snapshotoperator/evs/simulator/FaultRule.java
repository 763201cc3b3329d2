/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Defines which calls a fault affects, how often, and with which parameters. */
public record FaultRule(Fault fault, Target target, Occurrence occurrence, Parameters parameters) {
    /** At this size {@link Fault#PAGES_CUT} cuts pages by default. */
    private static final int CUT_PAGE_SIZE = 100;

    public static final int UNTIL_REMOVED = -1;

    public FaultRule {
        if (fault == Fault.PAGES_CUT && !parameters.text().matches("|[1-9]\\d{0,3}")) {
            throw new IllegalArgumentException(
                    "The text of PAGES_CUT must be a page size from 1 to 9999, but is '" + parameters.text() + "'.");
        }
        if (fault == Fault.PAGE_HINTS_MISSING && !parameters.text().matches("|count|next")) {
            throw new IllegalArgumentException(
                    "The text of PAGE_HINTS_MISSING must be count or next, but is '" + parameters.text() + "'.");
        }
        for (var operation : target.operations()) {
            if (!fault.possibleOperations().contains(operation)) {
                throw new IllegalArgumentException(
                        fault + " has no effect on " + operation + ". It affects " + fault.possibleOperations() + ".");
            }
        }
    }

    /**
     * The calls that a fault can affect.
     *
     * @param operations empty: the default operations of the fault
     * @param volumeId only calls about this volume
     * @param snapshotId only calls about this snapshot; in a list response, only the entry of this snapshot
     */
    record Target(Set<Operation> operations, Optional<String> volumeId, Optional<String> snapshotId) {

        static final Target ANY = new Target(Set.of(), Optional.empty(), Optional.empty());

        Target {
            operations = Set.copyOf(operations);
        }

        boolean includes(String volume, String snapshot) {
            return volumeId.map(value -> value.equals(volume)).orElse(true)
                    && snapshotId.map(value -> value.equals(snapshot)).orElse(true);
        }
    }

    /**
     * Which of the matching calls a fault affects.
     *
     * @param fromCall the first affected call, counted from 1
     * @param times the number of affected calls; {@link #UNTIL_REMOVED}: all
     */
    record Occurrence(int fromCall, int times) {

        Occurrence {
            if (fromCall < 1) {
                throw new IllegalArgumentException("fromCall must be at least 1, but is " + fromCall + ".");
            }
            if (times < 1 && times != UNTIL_REMOVED) {
                throw new IllegalArgumentException(
                        "times must be at least 1, or -1 for until removed, but is " + times + ".");
            }
        }
    }

    /**
     * What a fault does. Each fault reads only the parameters that it needs.
     *
     * @param delay for faults that delay; default 5 s
     * @param connectionOpenFor for faults that send no response: the real time before the connection closes
     * @param status for faults that return a status; 0: the default status of the fault
     * @param text for faults that show a text
     * @param code for {@link Fault#REJECTED} and the faults that make a job fail
     * @param retryAfter for throttling: the header to send; empty: no header
     */
    record Parameters(
            Duration delay,
            Duration connectionOpenFor,
            int status,
            String text,
            String code,
            Optional<RetryAfter> retryAfter) {

        Parameters {
            if (status != 0 && (status < 200 || status > 599)) {
                throw new IllegalArgumentException("status must be from 200 to 599, but is " + status + ".");
            }
        }

        static final Parameters DEFAULT =
                new Parameters(Duration.ofSeconds(5), Duration.ZERO, 0, "", "", Optional.empty());

        Parameters withDelay(Duration duration) {
            return new Parameters(duration, connectionOpenFor, status, text, code, retryAfter);
        }

        Parameters withConnectionOpenFor(Duration duration) {
            return new Parameters(delay, duration, status, text, code, retryAfter);
        }

        Parameters withStatus(int httpStatus) {
            return new Parameters(delay, connectionOpenFor, httpStatus, text, code, retryAfter);
        }

        Parameters withText(String value) {
            return new Parameters(delay, connectionOpenFor, status, value, code, retryAfter);
        }

        Parameters withCode(String value) {
            return new Parameters(delay, connectionOpenFor, status, text, value, retryAfter);
        }

        Parameters withRetryAfter(RetryAfter value) {
            return new Parameters(delay, connectionOpenFor, status, text, code, Optional.of(value));
        }
    }

    /** @param asDate whether the header is an HTTP date instead of seconds */
    record RetryAfter(Duration duration, boolean asDate) {}

    public static FaultRule once(Fault fault) {
        return times(fault, 1);
    }

    public static FaultRule always(Fault fault) {
        return times(fault, UNTIL_REMOVED);
    }

    public static FaultRule times(Fault fault, int times) {
        return new FaultRule(fault, Target.ANY, new Occurrence(1, times), Parameters.DEFAULT);
    }

    public FaultRule on(Operation first, Operation... more) {
        return withTarget(new Target(EnumSet.of(first, more), target.volumeId(), target.snapshotId()));
    }

    public FaultRule ofVolume(String id) {
        return withTarget(new Target(target.operations(), Optional.of(id), target.snapshotId()));
    }

    public FaultRule ofSnapshot(String id) {
        return withTarget(new Target(target.operations(), target.volumeId(), Optional.of(id)));
    }

    /** Returns a rule that does not affect the matching calls before the {@code nth}, counted from 1. */
    public FaultRule fromCall(int nth) {
        return new FaultRule(fault, target, new Occurrence(nth, occurrence.times()), parameters);
    }

    public FaultRule withDelay(Duration duration) {
        return withParameters(parameters.withDelay(duration));
    }

    /** Returns a rule that keeps the connection open before it closes, for example longer than the caller's timeout. */
    public FaultRule withConnectionOpenFor(Duration duration) {
        return withParameters(parameters.withConnectionOpenFor(duration));
    }

    public FaultRule withStatus(int httpStatus) {
        return withParameters(parameters.withStatus(httpStatus));
    }

    public FaultRule withText(String text) {
        return withParameters(parameters.withText(text));
    }

    public FaultRule withCode(String evsCode) {
        return withParameters(parameters.withCode(evsCode));
    }

    /** Returns a rule that sends {@code Retry-After} in seconds. */
    public FaultRule retryAfter(Duration duration) {
        return withParameters(parameters.withRetryAfter(new RetryAfter(duration, false)));
    }

    /** Returns a rule that sends {@code Retry-After} as an HTTP date, {@code duration} after the call. */
    public FaultRule retryAfterDate(Duration duration) {
        return withParameters(parameters.withRetryAfter(new RetryAfter(duration, true)));
    }

    public int fromCall() {
        return occurrence.fromCall();
    }

    public int times() {
        return occurrence.times();
    }

    public Duration delay() {
        return parameters.delay();
    }

    int statusOr(int defaultStatus) {
        return parameters.status() == 0 ? defaultStatus : parameters.status();
    }

    String textOr(String defaultText) {
        return parameters.text().isEmpty() ? defaultText : parameters.text();
    }

    /** Returns the page size of {@link Fault#PAGES_CUT}, at least 1. */
    int cutPageSize() {
        return parameters.text().isEmpty() ? CUT_PAGE_SIZE : Integer.parseInt(parameters.text());
    }

    boolean matches(ApiCall call) {
        var operations = target.operations();
        var matchesOperation =
                operations.isEmpty() ? fault.affectsByDefault(call.operation()) : operations.contains(call.operation());
        return matchesOperation && (changesListEntries(call) || matches(call.volumeId(), call.snapshotId()));
    }

    /** Returns whether the rule names no id, or these ids. */
    boolean matches(String volume, String snapshot) {
        return target.includes(volume, snapshot);
    }

    /** On lists the ids select entries of the response, not the call. */
    private boolean changesListEntries(ApiCall call) {
        return fault.stage() == Fault.Stage.PRESENTATION && call.operation().isList();
    }

    private FaultRule withTarget(Target other) {
        return new FaultRule(fault, other, occurrence, parameters);
    }

    private FaultRule withParameters(Parameters other) {
        return new FaultRule(fault, target, occurrence, other);
    }
}
