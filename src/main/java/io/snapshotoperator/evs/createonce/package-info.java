/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules that prevent a second create request: intent, guard, ownership marker, failure reasons and retry policy.
 * Pure, and without knowledge of a kind: every kind that creates something in the cloud uses them. Start reading at
 * {@link io.snapshotoperator.evs.createonce.CreateGuard}.
 */
package io.snapshotoperator.evs.createonce;
