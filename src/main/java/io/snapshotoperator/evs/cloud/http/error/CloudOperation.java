/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

/** What one HTTP exchange was for. A closed list: fit for the tag of a meter. */
public enum CloudOperation {
    CREATE(true),
    READ(false),
    LIST(false),
    UPDATE(true),
    DELETE(true),
    /** Obtaining a token from IAM. */
    LOGIN(false),
    /** Asking IAM for the id of a project given by name. */
    FIND_PROJECT(false);

    private final boolean mutating;

    CloudOperation(boolean mutating) {
        this.mutating = mutating;
    }

    /** Whether the exchange changes something in the cloud, so that a lost answer leaves a doubt. */
    public boolean isMutating() {
        return mutating;
    }

    /** Whether IAM is asked rather than EVS. */
    boolean isIam() {
        return this == LOGIN || this == FIND_PROJECT;
    }
}
