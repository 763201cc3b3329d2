/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.condition;

import java.util.Objects;

/**
 * The conclusion of a reconcile: a reason, and stable facts that follow its sentence.
 *
 * @param detail one or more sentences, or the empty text; must not contain what differs on each attempt
 */
public record Verdict(Reason reason, String detail) {
    public Verdict {
        Objects.requireNonNull(reason);
        Objects.requireNonNull(detail);
    }

    public static Verdict of(Reason reason) {
        return new Verdict(reason, "");
    }

    public static Verdict of(Reason reason, String detail) {
        return new Verdict(reason, detail);
    }

    /** Returns the text of the condition or event. */
    public String message() {
        return detail.isEmpty() ? reason.sentence() : reason.sentence() + " " + detail;
    }
}
