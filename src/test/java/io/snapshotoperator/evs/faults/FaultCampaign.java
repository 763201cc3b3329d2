/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import io.snapshotoperator.evs.testing.Cluster;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Runs seeds, several at once on sites of their own, and prints what happened. A seed fixes the plan (see {@link FaultPlan}),
 * not how threads and processes interleave: running a seed again gives the same faults at the same points of another
 * interleaving.
 */
final class FaultCampaign {
    /** What came of all seeds. */
    record Report(List<FaultRun.Outcome> outcomes, CoverageTable tally, List<Long> notRun, Duration time) {
        List<FaultRun.Outcome> violated() {
            return outcomes.stream()
                    .filter(outcome -> !outcome.violations().isEmpty())
                    .toList();
        }

        void print(PrintStream out) {
            out.println(tally.table());
            out.printf(
                    "%d seeds in %d s, %d with violations, %d orders delivered late, %d seeds not run for want of time%n",
                    outcomes.size(),
                    time.toSeconds(),
                    violated().size(),
                    outcomes.stream().mapToInt(FaultRun.Outcome::lateCreates).sum(),
                    notRun.size());
            out.println("A seed fixes the plan of faults at named points, not the interleaving.");
            violated().forEach(outcome -> out.println(sentence(outcome)));
        }

        static String sentence(FaultRun.Outcome outcome) {
            return "seed " + outcome.plan().seed() + " violated:\n  "
                    + String.join("\n  ", outcome.violations())
                    + "\n  planned: " + outcome.plan().faults() + " and of the cloud "
                    + outcome.plan().ofTheCloud().stream()
                            .map(rule -> rule.fault() + " from call " + rule.fromCall() + " for "
                                    + rule.delay().toMillis() + " ms")
                            .toList()
                    + "\n  happened: " + outcome.happened();
        }
    }

    private static final int EVERY = 25;

    private final Cluster cluster;
    private final int sites;
    private final Duration bound;
    private final PrintStream out;

    /** @param bound no further seed is begun after this time */
    FaultCampaign(Cluster cluster, int sites, Duration bound, PrintStream out) {
        this.cluster = cluster;
        this.sites = sites;
        this.bound = bound;
        this.out = out;
    }

    /** @return when all are done, or time is up */
    Report run(LongStream seeds) {
        var all = seeds.boxed().toList();
        out.println(
                "fault laboratory, seeds " + all.get(0) + " to " + all.get(all.size() - 1) + " on " + sites + " sites");
        var tally = new CoverageTable();
        List<FaultRun.Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
        var startedAt = Instant.now();
        var queues = all.stream().collect(Collectors.groupingBy(FaultPlan::processes));
        List<Thread> threads = new ArrayList<>();
        List<Throwable> broken = Collections.synchronizedList(new ArrayList<>());
        List<Queue<Long>> waiting = new ArrayList<>();
        queues.forEach((processes, queue) -> {
            Queue<Long> mine = new ConcurrentLinkedQueue<>(queue);
            waiting.add(mine);
            for (var i = 0; i < Math.min(share(queue.size(), all.size()), queue.size()); i++) {
                var thread = new Thread(() -> work(mine, processes, tally, outcomes, startedAt), "laboratory");
                thread.setUncaughtExceptionHandler((where, unexpected) -> broken.add(unexpected));
                threads.add(thread);
                thread.start();
            }
        });
        try {
            for (var thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        if (!broken.isEmpty()) {
            var unexpected = new IllegalStateException("the laboratory itself broke", broken.get(0));
            broken.stream().skip(1).forEach(unexpected::addSuppressed);
            throw unexpected;
        }
        return new Report(
                List.copyOf(outcomes),
                tally,
                waiting.stream().flatMap(Queue::stream).toList(),
                Duration.between(startedAt, Instant.now()));
    }

    private int share(int some, int all) {
        return Math.max(1, Math.round((float) sites * some / all));
    }

    private void work(
            Queue<Long> seeds, int processes, CoverageTable tally, List<FaultRun.Outcome> outcomes, Instant startedAt) {
        var testBed = new TestBed(cluster, processes, tally);
        try {
            for (var seed = next(seeds, startedAt); seed != null; seed = next(seeds, startedAt)) {
                FaultRun.Outcome outcome;
                try {
                    outcome = new FaultRun(testBed, FaultPlan.of(seed)).play();
                } catch (RuntimeException broken) {
                    // Such as a connection of the laboratory's own to the API server that broke: it tells nothing.
                    out.println("seed " + seed + ": the laboratory itself broke, once more on a new site: " + broken);
                    testBed.close();
                    testBed = new TestBed(cluster, processes, tally);
                    outcome = new FaultRun(testBed, FaultPlan.of(seed)).play();
                }
                outcomes.add(outcome);
                tell(outcome, testBed);
                if (outcomes.size() % EVERY == 0) {
                    // A long campaign may be cut short, and what it has shown so far counts.
                    out.println(tally.table());
                }
            }
        } finally {
            testBed.close();
        }
    }

    private void tell(FaultRun.Outcome outcome, TestBed testBed) {
        out.printf(
                "seed %d: %s, %d faults, %d late, %.1f s%n",
                outcome.plan().seed(),
                outcome.violations().isEmpty() ? "kept" : "VIOLATED",
                outcome.happened().size(),
                outcome.lateCreates(),
                outcome.time().toMillis() / 1000.0);
        if (!outcome.violations().isEmpty()) {
            out.println(Report.sentence(outcome) + "\n  namespace " + testBed.namespace());
        }
    }

    private Long next(Queue<Long> seeds, Instant startedAt) {
        return Duration.between(startedAt, Instant.now()).compareTo(bound) < 0 ? seeds.poll() : null;
    }
}
