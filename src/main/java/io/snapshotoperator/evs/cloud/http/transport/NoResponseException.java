/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

/** Thrown when a request got no response. */
public final class NoResponseException extends Exception {
    private final NoResponseCause responseCause;

    NoResponseException(NoResponseCause responseCause, Throwable cause) {
        super(responseCause.text(), cause);
        this.responseCause = responseCause;
    }

    public NoResponseCause responseCause() {
        return responseCause;
    }
}
