/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import java.time.Duration;
import java.util.Objects;

/** When the operator retries a failed call. */
public sealed interface Retry {

    /** Returns the delay before the retry, or {@code onSpecChange} if only a change of the spec helps. */
    Duration delayOr(Duration onSpecChange);

    /** The operator retries after this delay, which is more than zero. */
    record After(Duration delay) implements Retry {
        public After {
            Objects.requireNonNull(delay);
        }

        @Override
        public Duration delayOr(Duration onSpecChange) {
            return delay;
        }
    }

    /** The operator does not retry before the spec changes. */
    record OnSpecChange() implements Retry {
        @Override
        public Duration delayOr(Duration onSpecChange) {
            return onSpecChange;
        }
    }
}
