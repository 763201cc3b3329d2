/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** The operations of both API families and of IAM. */
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
    DISK_CREATE,
    DISK_GET,
    DISK_LIST,
    DISK_DELETE,
    JOB_GET,
    QUOTA,
    VERSIONS,
    LOGIN,
    PROJECTS,
    /** The cloud does not have such an operation. */
    UNKNOWN;

    /**
     * Returns the operation of this name. Throws {@link IllegalArgumentException} with a sentence for the user if there
     * is none.
     */
    static Operation named(String name) {
        return Arrays.stream(values())
                .filter(operation -> operation.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no operation '" + name + "'. The operations are " + Arrays.toString(values()) + "."));
    }

    /** Returns all operations except those of IAM. */
    static Set<Operation> ofEvs() {
        return EnumSet.complementOf(EnumSet.of(LOGIN, PROJECTS));
    }

    boolean isList() {
        return this == LIST || this == LIST_SUMMARY || this == DISK_LIST;
    }

    /** Returns the operation on snapshots that corresponds to this one on volumes; any other operation itself. */
    Operation onSnapshots() {
        return switch (this) {
            case DISK_CREATE -> CREATE;
            case DISK_LIST -> LIST;
            case DISK_DELETE -> DELETE;
            default -> this;
        };
    }

    boolean isIam() {
        return this == LOGIN || this == PROJECTS;
    }
}
