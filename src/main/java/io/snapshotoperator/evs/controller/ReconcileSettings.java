/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.poll.Jitter;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * What the reconcilers of everything that is created in the cloud have in common.
 *
 * @param installation the id of this installation, which is a part of each ownership marker
 * @param createIds returns a new create id each time; no two processes return the same one
 */
public record ReconcileSettings(
        String installation, RetryPolicy retryPolicy, InstantSource clock, Jitter jitter, Supplier<String> createIds) {}
