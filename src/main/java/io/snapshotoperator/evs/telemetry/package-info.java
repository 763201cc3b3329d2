/**
 * What the operator counts and times, under names that are part of its interface. Start reading at {@link
 * io.snapshotoperator.evs.telemetry.CloudCallMetrics}.
 */
package io.snapshotoperator.evs.telemetry;
