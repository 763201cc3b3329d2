/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

/**
 * What the objects of one namespace may do over a connection. It is decided by the administrator, never by the objects.
 *
 * @param rawIds whether an object may name a volume or a snapshot by its id. If not, it can only name a claim of its namespace
 * @param deleteImports whether the deletion of an object may delete a snapshot that the object imported
 */
public record ConnectionPolicy(boolean rawIds, boolean deleteImports) {
    /** For a connection with credentials of the namespace itself: they already allow everything. */
    public static final ConnectionPolicy ALL = new ConnectionPolicy(true, true);
}
