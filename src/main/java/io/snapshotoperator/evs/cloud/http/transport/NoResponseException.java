/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

/** A request went unanswered. */
public final class NoResponseException extends Exception {
    private final NoResponseCause reason;

    NoResponseException(NoResponseCause reason, Throwable cause) {
        super(reason.text(), cause);
        this.reason = reason;
    }

    public NoResponseCause responseCause() {
        return reason;
    }
}
