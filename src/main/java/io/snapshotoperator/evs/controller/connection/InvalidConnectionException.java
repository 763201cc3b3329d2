/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.connection;

import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.connection.ConnectionReason;

/** Thrown if no connection can be made from a spec and what it refers to. The verdict says what to correct. */
public final class InvalidConnectionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Verdict verdict;

    InvalidConnectionException(Verdict verdict) {
        super(verdict.message());
        this.verdict = verdict;
    }

    /** @param detail names the fields and says what to correct */
    public static InvalidConnectionException ofSpec(String detail) {
        return new InvalidConnectionException(Verdict.of(ConnectionReason.ConnectionInvalid, detail));
    }

    Verdict verdict() {
        return verdict;
    }
}
