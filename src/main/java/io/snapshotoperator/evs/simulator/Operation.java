/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

/** What a caller wants, in either family of the API or from IAM. */
public enum Operation {
    CREATE,
    GET,
    /** With details. */
    LIST,
    /** Without details; Cinder only. */
    LIST_SUMMARY,
    UPDATE,
    DELETE,
    METADATA_READ,
    METADATA_WRITE,
    METADATA_DELETE,
    DISK_GET,
    DISK_LIST,
    DISK_DELETE,
    QUOTA,
    VERSIONS,
    LOGIN,
    PROJECTS,
    /** Nothing that the cloud offers. */
    UNKNOWN;

    boolean isIam() {
        return this == LOGIN || this == PROJECTS;
    }
}
