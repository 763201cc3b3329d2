/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The controller of {@code VolumeSnapshotSchedule}: reads spec, claims and requests, lets the rules of {@code schedule} decide, and
 * creates and deletes requests. Start reading at {@link
 * io.snapshotoperator.evs.controller.schedule.VolumeSnapshotScheduleReconciler}.
 */
package io.snapshotoperator.evs.controller.schedule;
