/**
 * The shell around the rules: JOSDK's reconciler, Kubernetes reads and writes, the lease, the shared looks and the orders
 * to the cloud. May use every room's public face; holds no rule of its own. Start reading at {@link
 * io.snapshotoperator.evs.operator.VolumeSnapshotRequestReconciler}.
 */
package io.snapshotoperator.evs.operator;
