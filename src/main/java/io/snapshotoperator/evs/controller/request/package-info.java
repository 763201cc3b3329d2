/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The controller of {@code VolumeSnapshotRequest}: reads the object, observes the cloud, decides by the rules of {@code
 * snapshot}, executes at most one action and patches the status. Start reading at {@link
 * io.snapshotoperator.evs.controller.request.VolumeSnapshotRequestReconciler}.
 */
package io.snapshotoperator.evs.controller.request;
