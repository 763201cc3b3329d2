/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.snapshotoperator.evs.cloud.CloudSnapshot;

/** What the poller found out about a watched snapshot. */
public sealed interface PollUpdate {
    /** The cloud lists the snapshot with another status or name than the recorded ones. */
    record Changed(CloudSnapshot snapshot) implements PollUpdate {}

    /** A list that should contain the snapshot does not. The snapshot can be in another state: read it by its id. */
    record NoLongerListed() implements PollUpdate {}

    /**
     * The recorded state is {@code deleting}, and a complete list of all snapshots that began later does not contain the
     * snapshot. This proves that it is gone, unless lists may not show its creation yet.
     */
    record Deleted() implements PollUpdate {}

    /** Another snapshot than the recorded one carries the ownership marker of the object: search for it. */
    record Duplicated() implements PollUpdate {}
}
