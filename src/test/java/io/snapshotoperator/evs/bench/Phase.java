/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import java.time.Duration;

/**
 * What one phase cost.
 *
 * @param requests how many requests changed in this phase, or were settled
 * @param took until the phase was complete, or its time was over
 * @param cpu of the operator in this phase
 * @param usage of the operator at the end
 * @param stuck the requests that did not reach the end of the phase
 */
record Phase(String name, int requests, Duration took, Counts counts, Duration cpu, ProcessUsage usage, int stuck) {

    /** Returns a count for each request. */
    double perRequest(long count) {
        return (double) count / requests;
    }
}
