/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The records of the kind {@code VolumeSnapshotRestore}, from which the CRD is generated. Start reading at {@link
 * io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreSpec}.
 */
package io.snapshotoperator.evs.api.v1alpha1.restore;
