/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

/** A request went unanswered. */
final class NoResponseException extends Exception {
    private final NoResponseCause silence;

    NoResponseException(NoResponseCause silence, Throwable cause) {
        super(silence.text(), cause);
        this.silence = silence;
    }

    NoResponseCause responseCause() {
        return silence;
    }
}
