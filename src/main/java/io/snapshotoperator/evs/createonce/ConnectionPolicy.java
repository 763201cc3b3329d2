/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

/**
 * What the objects of one namespace may do over a connection. It is decided by the administrator, never by the objects.
 *
 * @param rawIds whether an object may name a volume or a snapshot by its id. If not, it can only name a claim of its namespace
 * @param deleteImports whether the deletion of an object may delete a snapshot that the object imported
 * @param endpointIsTrusted whether the administrator chose the endpoint. Otherwise its responses can be what a user of the
 *     namespace wants, so that an id in them must give the namespace nothing outside of that connection
 */
public record ConnectionPolicy(boolean rawIds, boolean deleteImports, boolean endpointIsTrusted) {
    /** For a connection with credentials of the namespace itself: they already allow everything. */
    public static final ConnectionPolicy ALL = new ConnectionPolicy(true, true, false);

    /** Creates the policy of the operator's own connection. */
    public ConnectionPolicy(boolean rawIds, boolean deleteImports) {
        this(rawIds, deleteImports, true);
    }
}
