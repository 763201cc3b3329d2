/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.retention;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Objects;

/**
 * A snapshot of one source, as its request shows it.
 *
 * @param id names it, such as the name of the request
 * @param slot when it was due; the order of snapshots is that of their slots
 * @param volume the id of its volume; empty if it is not known. A claim can lead to another volume than before
 * @param state whether it can be restored
 * @param inUse whether something needs it: a restore, a volume of the cloud, another object
 * @param held whether a user marked it to be kept
 */
@RecordBuilder
public record Candidate(String id, Instant slot, String volume, State state, boolean inUse, boolean held) {
    /** Whether the snapshot can be restored. */
    public enum State {
        READY,
        /** It may become ready without help. */
        IN_FLIGHT,
        /** It does not become ready without help. */
        FAILED,
        /** It could be restored once, and the operator cannot tell whether it still can. */
        UNCERTAIN,
        /** Its deletion was requested. It neither counts nor is deleted again. */
        DELETING
    }

    public Candidate {
        Objects.requireNonNull(id);
        Objects.requireNonNull(slot);
        Objects.requireNonNull(volume);
        Objects.requireNonNull(state);
    }
}
