/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules for one restore: a volume that is created from the snapshot of a request, exactly once. Pure: they read no clock and
 * send no call. They may use {@code createonce}, {@code cloud} and {@code condition}. Start reading at {@link
 * io.snapshotoperator.evs.restore.RestoreRules}.
 */
package io.snapshotoperator.evs.restore;
