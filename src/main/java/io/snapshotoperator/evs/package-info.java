/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The entry point of the artifact: starts one of its programs. No other package uses it. Start reading at {@link
 * io.snapshotoperator.evs.Main}.
 */
package io.snapshotoperator.evs;
