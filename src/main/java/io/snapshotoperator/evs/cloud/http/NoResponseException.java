/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

/** A request went unanswered. */
final class NoResponseException extends Exception {
    private final NoResponseCause reason;

    NoResponseException(NoResponseCause reason, Throwable cause) {
        super(reason.text(), cause);
        this.reason = reason;
    }

    NoResponseCause responseCause() {
        return reason;
    }
}
