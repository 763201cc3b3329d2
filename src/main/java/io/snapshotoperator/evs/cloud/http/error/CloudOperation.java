/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

/** The purpose of one HTTP exchange. A closed list, so it can be the tag of a meter. */
public enum CloudOperation {
    CREATE(true),
    READ(false),
    LIST(false),
    UPDATE(true),
    DELETE(true),
    /** Getting a token from IAM. */
    LOGIN(false),
    /** Reading the id of a project from IAM by its name. */
    FIND_PROJECT(false);

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
