/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The controller of restores: it reads and writes {@code VolumeSnapshotRestore} objects, observes volumes and jobs, and sends the calls
 * that the rules in {@code restore} decide. It may use {@code controller}, {@code poll}, {@code telemetry}, the pure packages and what
 * {@code controller.request} tells its listeners. Start reading at {@link
 * io.snapshotoperator.evs.controller.restore.VolumeSnapshotRestoreReconciler}.
 */
package io.snapshotoperator.evs.controller.restore;
