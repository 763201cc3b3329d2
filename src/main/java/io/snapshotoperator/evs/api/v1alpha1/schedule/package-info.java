/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The kind {@code VolumeSnapshotSchedule}: which requests to create when, and which of them to keep. Start reading at {@link
 * io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule}.
 */
package io.snapshotoperator.evs.api.v1alpha1.schedule;
