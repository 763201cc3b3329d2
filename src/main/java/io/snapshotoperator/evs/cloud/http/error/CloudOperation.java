/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The purpose of one HTTP exchange. A closed list, so it can be the tag of a meter. A word without an object is
 * about a snapshot.
 */
public enum CloudOperation {
    CREATE(true),
    READ(false),
    LIST(false),
    UPDATE(true),
    DELETE(true),
    CREATE_VOLUME(true),
    READ_VOLUME(false),
    LIST_VOLUMES(false),
    DELETE_VOLUME(true),
    READ_JOB(false),
    /** Getting a token from IAM. */
    LOGIN(false),
    /** Reading the id of a project from IAM by its name. */
    FIND_PROJECT(false);

    /** The calls for volumes and jobs. */
    static final Set<CloudOperation> VOLUME_CALLS =
            Collections.unmodifiableSet(EnumSet.of(CREATE_VOLUME, READ_VOLUME, LIST_VOLUMES, DELETE_VOLUME, READ_JOB));

    private final boolean mutating;

    CloudOperation(boolean mutating) {
        this.mutating = mutating;
    }

    /** Returns whether the exchange changes something in the cloud, so that a missing response is ambiguous. */
    public boolean isMutating() {
        return mutating;
    }

    /** Returns whether the request goes to IAM instead of EVS. */
    boolean isIam() {
        return this == LOGIN || this == FIND_PROJECT;
    }
}
