/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

/** A request went unanswered. */
final class Unanswered extends Exception {
    private final Silence silence;

    Unanswered(Silence silence, Throwable cause) {
        super(silence.what(), cause);
        this.silence = silence;
    }

    Silence silence() {
        return silence;
    }
}
