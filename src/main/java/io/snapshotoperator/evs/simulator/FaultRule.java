/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * When a fault happens, how often and how.
 *
 * @param operations empty: those the fault makes sense for
 * @param volumeId only calls about this disk
 * @param snapshotId only calls about this snapshot; on lists, only what is shown of it
 * @param fromCall the first of the matching calls to be disturbed, counted from 1
 * @param times how many of them; {@link #UNTIL_REMOVED} for all
 * @param delay for faults that delay; 5 s if not given
 * @param keepOpenFor for faults that lose the answer: real time for which the connection stays open before it closes
 * @param status for faults that answer a status; 0: the fault's usual one
 * @param text for faults that show words
 * @param code for {@link Fault#REJECTED}
 * @param retryAfter for throttling: the header to send; empty: none
 * @param retryAfterAsDate whether that header is an HTTP date instead of seconds
 */
public record FaultRule(
        Fault fault,
        Set<Operation> operations,
        Optional<String> volumeId,
        Optional<String> snapshotId,
        int fromCall,
        int times,
        Duration delay,
        Duration keepOpenFor,
        int status,
        String text,
        String code,
        Optional<Duration> retryAfter,
        boolean retryAfterAsDate) {

    public static final int UNTIL_REMOVED = -1;

    private static final Duration USUAL_DELAY = Duration.ofSeconds(5);

    public FaultRule {
        operations = Set.copyOf(operations);
        if (fromCall < 1) {
            throw new IllegalArgumentException("Calls are counted from 1, not from " + fromCall);
        }
    }

    public static FaultRule once(Fault fault) {
        return times(fault, 1);
    }

    public static FaultRule always(Fault fault) {
        return times(fault, UNTIL_REMOVED);
    }

    public static FaultRule times(Fault fault, int times) {
        return new FaultRule(
                fault,
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                1,
                times,
                USUAL_DELAY,
                Duration.ZERO,
                0,
                "",
                "",
                Optional.empty(),
                false);
    }

    public FaultRule on(Operation first, Operation... more) {
        return with(EnumSet.of(first, more), volumeId, snapshotId, fromCall, delay, status, text, code);
    }

    public FaultRule ofVolume(String id) {
        return with(operations, Optional.of(id), snapshotId, fromCall, delay, status, text, code);
    }

    public FaultRule ofSnapshot(String id) {
        return with(operations, volumeId, Optional.of(id), fromCall, delay, status, text, code);
    }

    /** Spares the calls before the {@code nth} matching one, counted from 1. */
    public FaultRule fromCall(int nth) {
        return with(operations, volumeId, snapshotId, nth, delay, status, text, code);
    }

    public FaultRule withDelay(Duration duration) {
        return with(operations, volumeId, snapshotId, fromCall, duration, status, text, code);
    }

    public FaultRule withStatus(int httpStatus) {
        return with(operations, volumeId, snapshotId, fromCall, delay, httpStatus, text, code);
    }

    public FaultRule withText(String words) {
        return with(operations, volumeId, snapshotId, fromCall, delay, status, words, code);
    }

    public FaultRule withCode(String evsCode) {
        return with(operations, volumeId, snapshotId, fromCall, delay, status, text, evsCode);
    }

    /** Sends {@code Retry-After} in seconds. */
    public FaultRule retryAfter(Duration duration) {
        return withRetryAfter(duration, false);
    }

    /** Sends {@code Retry-After} as an HTTP date, that long from now. */
    public FaultRule retryAfterDate(Duration duration) {
        return withRetryAfter(duration, true);
    }

    /** Keeps the connection of a lost answer open for so long, e.g. beyond the caller's patience. */
    public FaultRule withConnectionOpenFor(Duration duration) {
        return new FaultRule(
                fault,
                operations,
                volumeId,
                snapshotId,
                fromCall,
                times,
                delay,
                duration,
                status,
                text,
                code,
                retryAfter,
                retryAfterAsDate);
    }

    int statusOr(int usual) {
        return status == 0 ? usual : status;
    }

    boolean isAbout(ApiCall call) {
        var named =
                operations.isEmpty() ? fault.usuallyDisturbs(call.operation()) : operations.contains(call.operation());
        return named && (showsOnly(call) || isAbout(call.volumeId(), call.snapshotId()));
    }

    /** Whether the ids it names, if any, are these. */
    boolean isAbout(String volume, String snapshot) {
        return volumeId.map(value -> value.equals(volume)).orElse(true)
                && snapshotId.map(value -> value.equals(snapshot)).orElse(true);
    }

    /** On lists the ids select what is shown of the page, not the call. */
    private boolean showsOnly(ApiCall call) {
        return fault.stage() == Fault.Stage.APPEARANCE
                && (call.operation() == Operation.LIST || call.operation() == Operation.LIST_SUMMARY);
    }

    private FaultRule withRetryAfter(Duration duration, boolean asDate) {
        return new FaultRule(
                fault,
                operations,
                volumeId,
                snapshotId,
                fromCall,
                times,
                delay,
                keepOpenFor,
                status,
                text,
                code,
                Optional.of(duration),
                asDate);
    }

    private FaultRule with(
            Set<Operation> operations,
            Optional<String> volumeId,
            Optional<String> snapshotId,
            int fromCall,
            Duration delay,
            int status,
            String text,
            String code) {
        return new FaultRule(
                fault,
                operations,
                volumeId,
                snapshotId,
                fromCall,
                times,
                delay,
                keepOpenFor,
                status,
                text,
                code,
                retryAfter,
                retryAfterAsDate);
    }
}
