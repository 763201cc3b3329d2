/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import io.snapshotoperator.evs.cloud.SnapshotId;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Whose turn it is, if not all snapshots can be read at once. For one thread. */
final class ReadTurns {
    private static final Comparator<SnapshotId> BY_ID = Comparator.comparing(SnapshotId::value);

    private Optional<SnapshotId> last = Optional.empty();

    /** Returns the ids in the sequence of their turns: the next one follows the one that was read last. */
    List<SnapshotId> sequence(Collection<SnapshotId> ids) {
        var sorted = new TreeSet<>(BY_ID);
        sorted.addAll(ids);
        return last.map(id -> Stream.concat(sorted.tailSet(id, false).stream(), sorted.headSet(id, true).stream())
                        .toList())
                .orElseGet(() -> List.copyOf(sorted));
    }

    /** Reports that a snapshot had its turn. */
    void served(SnapshotId id) {
        last = Optional.of(id);
    }
}
