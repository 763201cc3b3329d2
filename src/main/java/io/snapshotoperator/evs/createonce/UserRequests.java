/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import java.util.Optional;

/**
 * Values of the annotations by which a user asks for one more action. Each value is answered once.
 *
 * @param retryCreate value of {@code retry-create}; empty when the annotation is absent
 * @param reconcileRequest value of {@code reconcile-requested-at}; empty when the annotation is absent
 */
public record UserRequests(Optional<String> retryCreate, Optional<String> reconcileRequest) {}
