/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.controller.ObjectLister.Listed;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.CreateGuard.LeaderTermStart;
import io.snapshotoperator.evs.leader.LeaderRole;
import io.snapshotoperator.evs.leader.Predecessor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class OperatorLifecycleTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration SETTLE_TIME = Duration.ofSeconds(60);

    private final List<String> steps = new ArrayList<>();
    private Supplier<Listed> requests = () -> new Listed(Set.of(), false);
    private final List<LeaderTermStart> termStarts = new ArrayList<>();
    private final FakeLeaderRole leadership = new FakeLeaderRole();
    private Instant now = NOON;
    private Runnable startOfControllers = () -> steps.add("controllers started");
    private Optional<CreateGuard> guard = Optional.empty();

    private final OperatorLifecycle lifecycle = new OperatorLifecycle(
            leadership,
            () -> requests.get(),
            this::term,
            (InstantSource) () -> now,
            exitCode -> steps.add("exit " + exitCode));

    private LeaderTerm term(LeaderTermStart start) {
        termStarts.add(start);
        guard = Optional.of(new CreateGuard(start, SETTLE_TIME));
        return new LeaderTerm(
                guard.orElseThrow(),
                () -> startOfControllers.run(),
                List.of(
                        () -> steps.add("no new calls"),
                        () -> {
                            throw new IllegalStateException("stopped already");
                        },
                        () -> steps.add("controllers stopped")),
                () -> true,
                () -> steps.add("meters removed"));
    }

    @ParameterizedTest
    @CsvSource({"DRAINED, true", "NONE, true", "UNCLEAN, false"})
    void startsTermWithStateOfPredecessor(Predecessor predecessor, boolean drained) {
        lifecycle.start();
        leadership.acquire(predecessor);

        assertThat(termStarts).singleElement().satisfies(start -> {
            assertThat(start.at()).isEqualTo(NOON);
            assertThat(start.predecessorDrained()).isEqualTo(drained);
        });
        assertThat(lifecycle.isLeader()).isTrue();
    }

    @Test
    void countsMissingLeaseAsUncleanWhenRequestHasOperatorState() {
        requests = () -> new Listed(Set.of("uid-1"), true);
        lifecycle.start();
        leadership.acquire(Predecessor.NONE);

        assertThat(termStarts).singleElement().satisfies(start -> {
            assertThat(start.predecessorDrained()).isFalse();
            assertThat(start.preexistingUids()).containsExactly("uid-1");
        });
    }

    @Test
    void stopsTermBeforeItResigns() {
        lifecycle.start();
        leadership.acquire(Predecessor.DRAINED);
        lifecycle.close();

        assertThat(steps)
                .containsExactly(
                        "controllers started",
                        "meters removed",
                        "no new calls",
                        "controllers stopped",
                        "resigned drained");
    }

    @Test
    void resignsUndrainedWhileCreateIsOpen() {
        lifecycle.start();
        leadership.acquire(Predecessor.DRAINED);
        assertThat(guard.orElseThrow().tryAcquire("uid-1", Optional.empty(), false, now))
                .isTrue();
        lifecycle.close();

        assertThat(steps).endsWith("resigned undrained");
    }

    @ParameterizedTest
    @CsvSource({"59, resigned undrained", "60, resigned drained"})
    void resignsDrainedSettleTimeAfterUncleanPredecessor(int seconds, String expected) {
        lifecycle.start();
        leadership.acquire(Predecessor.UNCLEAN);
        now = NOON.plusSeconds(seconds);
        lifecycle.close();

        assertThat(steps).endsWith(expected);
    }

    @Test
    void resignsUndrainedWhenItNeverLed() {
        lifecycle.start();
        lifecycle.close();

        assertThat(steps).containsExactly("resigned undrained");
        assertThat(lifecycle.isLeader()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"DRAINED, resigned drained", "NONE, resigned undrained", "UNCLEAN, resigned undrained"})
    void repeatsWhatItFoundWhenItEndsBeforeItsTermStarts(Predecessor found, String expected) {
        lifecycle.start();
        leadership.found = found;
        lifecycle.close();
        leadership.acquire(found);

        assertThat(steps).containsExactly(expected);
        assertThat(termStarts).isEmpty();
    }

    static List<Arguments> rejectedListsAndPredecessors() {
        return Stream.of(403, 404, 429, 500, 503, 0)
                .flatMap(code -> Stream.of(Predecessor.values())
                        .map(found -> Arguments.of(code, found, "resigned " + describeRepeated(found))))
                .toList();
    }

    private static String describeRepeated(Predecessor found) {
        return found == Predecessor.DRAINED ? "drained" : "undrained";
    }

    @ParameterizedTest
    @MethodSource("rejectedListsAndPredecessors")
    void repeatsWhatItFoundWhenListIsRejected(int code, Predecessor found, String expected) {
        requests = () -> {
            throw new KubernetesClientException("no list", code, null);
        };
        lifecycle.start();
        leadership.acquire(found);
        lifecycle.close();

        assertThat(steps).containsExactly("exit 4", expected);
    }

    @ParameterizedTest
    @EnumSource(Predecessor.class)
    void repeatsWhatItFoundWhenTerminatedDuringList(Predecessor found) {
        requests = () -> {
            lifecycle.close();
            return new Listed(Set.of(), false);
        };
        lifecycle.start();
        leadership.acquire(found);

        assertThat(steps).containsExactly("resigned " + describeRepeated(found));
        assertThat(termStarts).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Predecessor.class)
    void repeatsWhatItFoundWhenLeadershipIsLostDuringList(Predecessor found) {
        requests = () -> {
            leadership.lose();
            lifecycle.close();
            return new Listed(Set.of(), false);
        };
        lifecycle.start();
        leadership.acquire(found);

        assertThat(steps).containsExactly("exit 3", "resigned " + describeRepeated(found));
        assertThat(termStarts).isEmpty();
    }

    /** Otherwise the election would renew the Lease for ever, and no process would work. */
    @Test
    void endsProcessWhenTermStartFailsWithError() {
        startOfControllers = () -> {
            throw new NoClassDefFoundError("missing");
        };
        lifecycle.start();
        leadership.acquire(Predecessor.UNCLEAN);
        lifecycle.close();

        assertThat(steps).startsWith("exit 1").endsWith("resigned undrained");
    }

    @Test
    void resignsUndrainedWhenControllersFailToStartAfterUncleanPredecessor() {
        startOfControllers = () -> {
            throw new IllegalStateException("no watch");
        };
        lifecycle.start();
        leadership.acquire(Predecessor.UNCLEAN);
        assertThat(lifecycle.isLeader()).isFalse();
        lifecycle.close();

        assertThat(steps)
                .containsExactly(
                        "exit 1", "meters removed", "no new calls", "controllers stopped", "resigned undrained");
    }

    @Test
    void endsProcessWhenLeadershipIsLost() {
        lifecycle.start();
        leadership.acquire(Predecessor.DRAINED);
        leadership.lose();

        assertThat(steps).containsExactly("controllers started", "meters removed", "exit 3");
    }

    @Test
    void ignoresLossOfLeadershipWhileItCloses() {
        lifecycle.start();
        leadership.acquire(Predecessor.DRAINED);
        lifecycle.close();
        leadership.lose();
        lifecycle.close();

        assertThat(steps)
                .containsExactly(
                        "controllers started",
                        "meters removed",
                        "no new calls",
                        "controllers stopped",
                        "resigned drained");
    }

    private final class FakeLeaderRole implements LeaderRole {
        private Consumer<Predecessor> onAcquired = predecessor -> {};
        private Runnable onLost = () -> {};
        private Predecessor found = Predecessor.UNCLEAN;

        void acquire(Predecessor predecessor) {
            found = predecessor;
            onAcquired.accept(predecessor);
        }

        void lose() {
            onLost.run();
        }

        @Override
        public void start(Consumer<Predecessor> acquired, Runnable lost) {
            onAcquired = acquired;
            onLost = lost;
        }

        @Override
        public Predecessor predecessor() {
            return found;
        }

        @Override
        public void resign(boolean drained) {
            steps.add(drained ? "resigned drained" : "resigned undrained");
        }
    }
}
