/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The call budget of one connection: a token bucket with lanes, slowed by HTTP 429 and by used-up quotas. Pure: the caller
 * passes the time. Start reading at {@link io.snapshotoperator.evs.cloud.ratelimit.CallBudget}.
 */
package io.snapshotoperator.evs.cloud.ratelimit;
