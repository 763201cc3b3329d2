/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules of retention: which snapshots of a source are kept and for what reason, and whether a policy fits within the limit of a
 * volume. Pure. Start reading at {@link io.snapshotoperator.evs.retention.RetentionRules}.
 */
package io.snapshotoperator.evs.retention;
