/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reasons, verdicts and the three conditions {@code Ready}, {@code Reconciling} and {@code Stalled}. Pure; uses only the
 * Kubernetes model. Start reading at {@link io.snapshotoperator.evs.condition.Conditions}.
 */
package io.snapshotoperator.evs.condition;
