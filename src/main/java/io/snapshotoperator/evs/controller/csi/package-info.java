/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The bridge to {@code snapshot.storage.k8s.io}: makes the snapshot of a request available as a {@code VolumeSnapshotContent}, if its
 * spec asks for one. It is an extension of the reconcile of the request, and changes Kubernetes objects only. Start reading at {@link
 * io.snapshotoperator.evs.controller.csi.SnapshotContentExtension}.
 */
package io.snapshotoperator.evs.controller.csi;
