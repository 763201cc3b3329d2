/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Polls the cloud for many objects at once and triggers the reconcile of each object whose snapshot changed. Losing its
 * state costs reads, nothing else. Start reading at {@link io.snapshotoperator.evs.poll.SnapshotPoller}.
 */
package io.snapshotoperator.evs.poll;
