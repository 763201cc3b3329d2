/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.operator;

import io.snapshotoperator.evs.cloud.CallBudget.Lane;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.DiskSnapshots;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.snapshot.Answer;
import io.snapshotoperator.evs.snapshot.Answer.NotSent.Cause;
import io.snapshotoperator.evs.snapshot.Deed;
import io.snapshotoperator.evs.snapshot.Known;
import io.snapshotoperator.evs.snapshot.LicenceBook;
import io.snapshotoperator.evs.snapshot.Marker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Carries out one order: only with the lease, a permit, the disk to itself, the intent written, and for a create a
 * licence. Every "no" on the way means that nothing was sent.
 */
final class Hands {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Connection connection;
    private final LicenceBook book;
    private final Lease lease;
    private final InstantSource clock;
    private final Duration longestOrder;
    private final Set<VolumeId> taken = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param longestOrder how long a call may take at most, the margin for clocks included */
    Hands(Connection connection, LicenceBook book, Lease lease, InstantSource clock, Duration longestOrder) {
        this.connection = connection;
        this.book = book;
        this.lease = lease;
        this.clock = clock;
        this.longestOrder = longestOrder;
    }

    /** No order leaves from here on; those under way are answered. */
    void close() {
        closed = true;
    }

    /**
     * Orders a snapshot.
     *
     * @param writeIntent one patch locked to the version that was decided upon; false when that version is no more
     */
    Answer create(Known known, Deed.Create deed, BooleanSupplier writeIntent) {
        var intent = deed.intent();
        return alone(intent.volumeId(), Lane.CREATE, () -> {
            if (!writeIntent.getAsBoolean()) {
                return new Answer.NotSent(Cause.CONFLICT, SOON);
            }
            var uid = known.owner().uid();
            if (!book.take(uid, deed.searched(), known.intendedOrderIsSettled(), clock.instant())) {
                return new Answer.NotSent(Cause.NO_LICENCE, SOON);
            }
            var definite = false;
            try {
                // Asked again after the write, which may have taken long: an order must not outlive the lease.
                if (!mayOrder()) {
                    definite = true;
                    return new Answer.NotSent(Cause.NO_LICENCE, SOON);
                }
                var snapshot = connection.call(Optional.of(intent.volumeId()), cloud -> cloud.create(deed.snapshot()));
                definite = true;
                if (Marker.of(snapshot).isEmpty()) {
                    connection.markerWasDropped();
                }
                return new Answer.Taken(snapshot);
            } catch (CloudException failure) {
                definite = !failure.mayHaveActed();
                return new Answer.Failed(failure.details());
            } finally {
                book.answered(uid, definite, clock.instant());
            }
        });
    }

    /**
     * @param mayStill what must hold, or be written, before a deletion that the object survives: the intent that makes room
     *     for another snapshot, or the recorded id that a surplus lies beside
     */
    Answer delete(Deed.Delete deed, BooleanSupplier mayStill) {
        return alone(deed.volumeId().orElse(new VolumeId("of-" + deed.id())), Lane.DELETE, () -> {
            if (!mayStill.getAsBoolean()) {
                return new Answer.NotSent(Cause.CONFLICT, SOON);
            }
            return answer(cloud -> cloud.delete(deed.id()) ? new Answer.Accepted() : new Answer.NoSuchSnapshot());
        });
    }

    Answer change(Deed.Change deed) {
        return alone(
                new VolumeId("of-" + deed.id()),
                Lane.LOOK,
                () -> answer(cloud -> cloud.update(deed.id(), deed.change())
                        .<Answer>map(Answer.Taken::new)
                        .orElseGet(Answer.NoSuchSnapshot::new)));
    }

    private Answer answer(Function<DiskSnapshots, Answer> order) {
        try {
            return mayOrder() ? connection.call(Optional.empty(), order) : new Answer.NotSent(Cause.NO_LICENCE, SOON);
        } catch (CloudException failure) {
            return new Answer.Failed(failure.details());
        }
    }

    private boolean mayOrder() {
        return !closed && lease.holdsFor(longestOrder);
    }

    /** Orders for one disk go one at a time, because the cloud refuses a disk that is in a passing state. */
    private Answer alone(VolumeId disk, Lane lane, java.util.function.Supplier<Answer> order) {
        if (!mayOrder()) {
            return new Answer.NotSent(Cause.NO_LICENCE, SOON);
        }
        if (!taken.add(disk)) {
            return new Answer.NotSent(Cause.DISK_TAKEN, SOON);
        }
        try {
            var wait = connection.permit(lane, Optional.of(disk));
            return wait.isPresent() ? new Answer.NotSent(Cause.BUDGET, wait.get()) : order.get();
        } finally {
            taken.remove(disk);
        }
    }
}
