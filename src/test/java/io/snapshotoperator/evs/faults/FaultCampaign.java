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
 * Runs seeds, several in parallel on separate test beds, and prints the results. A seed determines the plan (see {@link
 * FaultPlan}), not how threads and processes interleave. A second run of a seed has the same faults at the same points, but
 * another interleaving.
 */
final class FaultCampaign {
    /** The results of all seeds. */
    record Report(List<FaultRun.Outcome> outcomes, CoverageTable coverage, List<Long> notRun, Duration time) {
        List<FaultRun.Outcome> violated() {
            return outcomes.stream()
                    .filter(outcome -> !outcome.violations().isEmpty())
                    .toList();
        }

        void print(PrintStream out) {
            out.println(coverage.table());
            out.printf(
                    "%d seeds in %d s, %d with violations, %d late create requests, %d seeds not run for lack of time%n",
                    outcomes.size(),
                    time.toSeconds(),
                    violated().size(),
                    outcomes.stream().mapToInt(FaultRun.Outcome::lateCreates).sum(),
                    notRun.size());
            out.println("A seed determines the plan of faults at named points, not the interleaving.");
            violated().forEach(outcome -> out.println(describe(outcome)));
        }

        static String describe(FaultRun.Outcome outcome) {
            return "seed " + outcome.plan().seed() + " violated:\n  "
                    + String.join("\n  ", outcome.violations())
                    + "\n  planned: " + outcome.plan().faults() + ", faults of the cloud "
                    + outcome.plan().cloudFaults().stream()
                            .map(rule -> rule.fault() + " from call " + rule.fromCall() + " for "
                                    + rule.delay().toMillis() + " ms")
                            .toList()
                    + "\n  happened: " + outcome.happened();
        }
    }

    private static final int SEEDS_PER_TABLE = 25;

    private final Cluster cluster;
    private final int testBeds;
    private final Duration maxTime;
    private final PrintStream out;

    /** @param maxTime no further seed starts after this time */
    FaultCampaign(Cluster cluster, int testBeds, Duration maxTime, PrintStream out) {
        this.cluster = cluster;
        this.testBeds = testBeds;
        this.maxTime = maxTime;
        this.out = out;
    }

    /** Runs the seeds, and returns when all are done or the time is over. */
    Report run(LongStream seeds) {
        var all = seeds.boxed().toList();
        out.println("fault campaign, seeds " + all.get(0) + " to " + all.get(all.size() - 1) + " on " + testBeds
                + " test beds");
        var coverage = new CoverageTable();
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
                var thread = new Thread(() -> work(mine, processes, coverage, outcomes, startedAt), "fault-campaign");
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
            var unexpected = new IllegalStateException("the campaign itself failed", broken.get(0));
            broken.stream().skip(1).forEach(unexpected::addSuppressed);
            throw unexpected;
        }
        return new Report(
                List.copyOf(outcomes),
                coverage,
                waiting.stream().flatMap(Queue::stream).toList(),
                Duration.between(startedAt, Instant.now()));
    }

    private int share(int some, int all) {
        return Math.max(1, Math.round((float) testBeds * some / all));
    }

    private void work(
            Queue<Long> seeds,
            int processes,
            CoverageTable coverage,
            List<FaultRun.Outcome> outcomes,
            Instant startedAt) {
        var testBed = new TestBed(cluster, processes, coverage);
        try {
            for (var seed = next(seeds, startedAt); seed != null; seed = next(seeds, startedAt)) {
                FaultRun.Outcome outcome;
                try {
                    outcome = new FaultRun(testBed, FaultPlan.of(seed)).execute();
                } catch (RuntimeException broken) {
                    // For example a connection of the campaign to the API server broke, which shows nothing.
                    out.println("seed " + seed + ": the campaign itself failed, repeated on a new test bed: " + broken);
                    testBed.close();
                    testBed = new TestBed(cluster, processes, coverage);
                    outcome = new FaultRun(testBed, FaultPlan.of(seed)).execute();
                }
                outcomes.add(outcome);
                print(outcome, testBed);
                if (outcomes.size() % SEEDS_PER_TABLE == 0) {
                    // A long campaign can be stopped early, and its results until then count.
                    out.println(coverage.table());
                }
            }
        } finally {
            testBed.close();
        }
    }

    private void print(FaultRun.Outcome outcome, TestBed testBed) {
        out.printf(
                "seed %d: %s, %d faults, %d late, %.1f s%n",
                outcome.plan().seed(),
                outcome.violations().isEmpty() ? "ok" : "VIOLATED",
                outcome.happened().size(),
                outcome.lateCreates(),
                outcome.time().toMillis() / 1000.0);
        if (!outcome.violations().isEmpty()) {
            out.println(Report.describe(outcome) + "\n  namespace " + testBed.namespace());
        }
    }

    private Long next(Queue<Long> seeds, Instant startedAt) {
        return Duration.between(startedAt, Instant.now()).compareTo(maxTime) < 0 ? seeds.poll() : null;
    }
}
