/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import java.util.Optional;

/**
 * The values of the annotations with which a user requests an action. Each value causes it once.
 *
 * @param retryCreate the value of {@code retry-create}; empty if the annotation is absent
 * @param reconcileRequest the value of {@code reconcile-requested-at}; empty if the annotation is absent
 */
public record UserRequests(Optional<String> retryCreate, Optional<String> reconcileRequest) {}
