/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.condition;

import java.util.Objects;

/**
 * The conclusion of a reconcile: a reason, and stable facts that follow its sentence.
 *
 * @param detail one or more sentences, or the empty text; must not contain what differs on each attempt
 * @param advises whether the detail says what to do, so that the advice of the reason is left out
 */
public record Verdict(Reason reason, String detail, boolean advises) {
    public Verdict {
        Objects.requireNonNull(reason);
        Objects.requireNonNull(detail);
    }

    public static Verdict of(Reason reason) {
        return new Verdict(reason, "", false);
    }

    public static Verdict of(Reason reason, String detail) {
        return new Verdict(reason, detail, false);
    }

    /** Returns a verdict whose detail ends with an advice that is more exact than that of the reason. */
    public static Verdict withAdvice(Reason reason, String detail) {
        return new Verdict(reason, detail, true);
    }

    /** Returns the text of the condition or event. */
    public String message() {
        var beginning = advises ? reason.fact() : reason.sentence();
        return detail.isEmpty() ? beginning : beginning + " " + detail;
    }
}
