/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

/** A request went unanswered. */
final class NoResponseException extends Exception {
    private final NoResponseCause silence;

    NoResponseException(NoResponseCause silence, Throwable cause) {
        super(silence.what(), cause);
        this.silence = silence;
    }

    NoResponseCause silence() {
        return silence;
    }
}
