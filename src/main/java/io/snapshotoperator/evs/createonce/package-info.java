/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules that keep a create request from being sent twice: intent, guard, ownership marker and retry policy. Pure, and
 * free of any kind: every kind that creates something in the cloud uses them. Start reading at {@link
 * io.snapshotoperator.evs.createonce.CreateGuard}.
 */
package io.snapshotoperator.evs.createonce;
