/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that only a test moves. */
public final class SteppedClock implements InstantSource {
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    public void step(Duration by) {
        now = now.plus(by);
    }
}
