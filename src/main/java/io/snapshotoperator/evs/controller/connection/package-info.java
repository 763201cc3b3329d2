/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The kind {@code EvsConnection}, and the registry of all connections to the cloud. {@link
 * io.snapshotoperator.evs.controller.connection.ConnectionRegistry} is the only owner of connections: a reconcile of another kind
 * resolves its connection there. Start reading at {@link
 * io.snapshotoperator.evs.controller.connection.EvsConnectionReconciler}.
 */
package io.snapshotoperator.evs.controller.connection;
