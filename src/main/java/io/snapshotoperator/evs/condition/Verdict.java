/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.condition;

import java.util.Objects;

/**
 * What one pass concluded: a reason, and the stable facts that belong behind its sentence.
 *
 * @param detail empty, or a sentence of its own; never anything that differs on every try
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

    public String message() {
        return detail.isEmpty() ? reason.sentence() : reason.sentence() + " " + detail;
    }
}
