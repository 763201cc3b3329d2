/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Metrics and log lines. Names of meters, tags and keys are part of the interface of the operator. Start reading at {@link
 * io.snapshotoperator.evs.telemetry.CloudCallMetrics} and {@link io.snapshotoperator.evs.telemetry.LogEvent}.
 */
package io.snapshotoperator.evs.telemetry;
