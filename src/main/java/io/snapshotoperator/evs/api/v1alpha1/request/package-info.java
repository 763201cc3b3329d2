/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Records of the kind {@code VolumeSnapshotRequest}: what users write in {@code spec} and what the operator writes in {@code
 * status}. The CRD is generated from them. Start reading at {@link
 * io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest}.
 */
package io.snapshotoperator.evs.api.v1alpha1.request;
