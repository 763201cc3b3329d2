/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.snapshot.DesiredSnapshot.DeletionPolicy;
import java.util.Objects;
import java.util.Optional;

/**
 * A snapshot that the operator may delete or rename. Every delete and every rename needs an instance, and only {@link
 * #check} returns one, so no rule can act on an id that a user wrote somewhere.
 */
public final class ModifiableSnapshot {
    private final SnapshotId id;

    private ModifiableSnapshot(SnapshotId id) {
        this.id = id;
    }

    /**
     * Checks a snapshot as the cloud just described it. The operator may modify it in two cases. It carries the ownership
     * marker of this object and installation. Or the spec names it as the source with {@code deletionPolicy: Delete}, and
     * neither another object, nor a backup service, nor another tool has marked it.
     *
     * @return empty if the operator must not modify it
     */
    static Optional<ModifiableSnapshot> check(ReconcileInput input, CloudSnapshot snapshot) {
        return input.isOwned(snapshot) || isImportedForDeletion(input, snapshot)
                ? Optional.of(new ModifiableSnapshot(snapshot.id()))
                : Optional.empty();
    }

    private static boolean isImportedForDeletion(ReconcileInput input, CloudSnapshot snapshot) {
        return input.desired().source().equals(new Source.ExistingSnapshot(snapshot.id()))
                && input.desired().deletionPolicy() == DeletionPolicy.DELETE
                && OwnershipMarker.of(snapshot).isEmpty()
                && !snapshot.isBackup()
                && !snapshot.isMarkedByTool();
    }

    public SnapshotId id() {
        return id;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ModifiableSnapshot snapshot && id.equals(snapshot.id);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id);
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
