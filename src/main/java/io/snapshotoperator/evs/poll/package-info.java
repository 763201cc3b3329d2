/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Polls the cloud for many objects at once and triggers the reconcile of each object whose snapshot changed. Its state is
 * about the cloud, not about one object: a restart that discards it costs reads and nothing else. Start reading at {@link
 * io.snapshotoperator.evs.poll.SnapshotPoller}.
 */
package io.snapshotoperator.evs.poll;
