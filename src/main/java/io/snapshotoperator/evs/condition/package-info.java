/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reasons, verdicts and the three conditions {@code Ready}, {@code Reconciling} and {@code Stalled}. Pure: the
 * package uses only the model classes of Kubernetes. It knows no kind. Start reading at {@link
 * io.snapshotoperator.evs.condition.Conditions}.
 */
package io.snapshotoperator.evs.condition;
