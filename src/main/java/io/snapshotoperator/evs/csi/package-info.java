/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules of the bridge to {@code snapshot.storage.k8s.io}: when a request has a {@code VolumeSnapshotContent}, when the content is
 * replaced, and when it is removed. Pure: it knows what the API server showed and does not ask it. Start reading at {@link
 * io.snapshotoperator.evs.csi.ContentRules}.
 */
package io.snapshotoperator.evs.csi;
