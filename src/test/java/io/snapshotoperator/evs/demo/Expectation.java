/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.snapshot.SnapshotReason;

/** How a sample ends, named by the word in its first line. */
public sealed interface Expectation {

    /** {@code Ready}: the snapshot is available. */
    record Ready() implements Expectation {
        @Override
        public String toString() {
            return "Ready";
        }
    }

    /** {@code Gone}: the demo deletes it during creation, and then the request and its snapshot are gone. */
    record Gone() implements Expectation {
        @Override
        public String toString() {
            return "Gone";
        }
    }

    /** Any other word is the reason why it is not ready. */
    record NotReady(Reason reason) implements Expectation {
        @Override
        public String toString() {
            return reason.name();
        }
    }

    /** Reads a word. Throws {@link IllegalArgumentException} if no sample can end in this way. */
    static Expectation of(String word) {
        return switch (word) {
            case "Ready" -> new Ready();
            case "Gone" -> new Gone();
            default ->
                new NotReady(SnapshotReason.named(word)
                        .filter(reason -> reason.phase() != Phase.READY)
                        .orElseThrow(() -> new IllegalArgumentException("No sample can end as " + word)));
        };
    }
}
