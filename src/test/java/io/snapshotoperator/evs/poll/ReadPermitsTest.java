/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudClient;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ReadPermitsTest {
    private static final Reservation GRANTED = new Reservation.Granted();
    private static final Reservation DENIED = new Reservation.Denied(Duration.ofNanos(1));
    private static final Reservation DENIED_FOR_AN_HOUR = new Reservation.Denied(Duration.ofHours(1));

    private final Budget budget = new Budget();
    private final ReadPermits permits = ReadPermits.waiting(budget);

    @Test
    void reservesOnePermitWhenItIsGrantedAtOnce() {
        budget.reservations.add(GRANTED);
        budget.reservations.add(GRANTED);

        permits.acquire();

        assertThat(budget.reservations).containsExactly(GRANTED);
    }

    @Test
    void triesAgainUntilPermitIsGranted() {
        budget.reservations.add(DENIED);
        budget.reservations.add(DENIED);
        budget.reservations.add(GRANTED);

        permits.acquire();

        assertThat(budget.reservations).isEmpty();
    }

    @Test
    void endsWaitWhenThreadIsInterrupted() {
        budget.reservations.add(DENIED_FOR_AN_HOUR);
        Thread.currentThread().interrupt();

        permits.acquire();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(budget.reservations).isEmpty();
    }

    private static final class Budget implements CloudReads {
        private final Queue<Reservation> reservations = new ArrayDeque<>();

        @Override
        public Reservation tryReserveRead() {
            return reservations.remove();
        }

        @Override
        public <T> T read(Function<CloudClient, T> reads) {
            throw new UnsupportedOperationException();
        }
    }
}
