/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.ConnectionPolicy;
import java.util.Optional;

/** Decides whether an object may name its source. What an object already has in the cloud it may always track and delete. */
public final class SourceRules {
    private SourceRules() {}

    /** Returns what to report instead of all else; empty if the policy of the connection allows the source. */
    public static Optional<Verdict> check(DesiredSnapshot desired, RecordedState recorded, ConnectionPolicy policy) {
        var namesId = !(desired.source() instanceof Source.Claim);
        var isNew = recorded.snapshot().isEmpty() && !recorded.isDeleting();
        if (namesId && isNew && !policy.rawIds()) {
            return notAllowed("The request names the id of a " + (desired.isImport() ? "snapshot" : "volume") + ".");
        }
        if (desired.isImport()
                && desired.deletionPolicy() == DesiredSnapshot.DeletionPolicy.DELETE
                && !policy.deleteImports()) {
            return notAllowed(
                    "The request imports a snapshot and has deletionPolicy: Delete. Set deletionPolicy to Retain.");
        }
        return Optional.empty();
    }

    private static Optional<Verdict> notAllowed(String detail) {
        return Optional.of(Verdict.of(CommonReason.SourceNotAllowed, detail));
    }
}
