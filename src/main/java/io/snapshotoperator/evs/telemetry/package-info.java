/**
 * What the operator counts and times, under names that are part of its interface. Start reading at {@link
 * io.snapshotoperator.evs.telemetry.CloudCallMeter}.
 */
package io.snapshotoperator.evs.telemetry;
