/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules of connections: the reasons that an {@code EvsConnection} reports, and which namespaces may use the operator's own
 * connection. Pure. Start reading at {@link io.snapshotoperator.evs.connection.ServedNamespaces}.
 */
package io.snapshotoperator.evs.connection;
