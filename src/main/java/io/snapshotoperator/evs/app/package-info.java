/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Entry points, settings and wiring of the process. May use every package except {@code simulator}. Start reading at {@link
 * io.snapshotoperator.evs.app.OperatorFactory}.
 */
package io.snapshotoperator.evs.app;
