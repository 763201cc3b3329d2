/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

/** The kind of request that one run of the model is about. */
enum RequestKind {
    KEEP,
    REPLACE,
    IMPORT_AND_KEEP,
    IMPORT_AND_DELETE;

    boolean isImport() {
        return this == IMPORT_AND_KEEP || this == IMPORT_AND_DELETE;
    }
}
