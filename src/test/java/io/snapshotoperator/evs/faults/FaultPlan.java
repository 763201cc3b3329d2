/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;

/**
 * What a seed determines: the number of processes, the faults with their boundaries and occurrences, the faults of the
 * simulated cloud, and the times of the users. It does not determine how threads and processes interleave.
 *
 * @param processes one, or two or three with one lease
 * @param faults on the links
 * @param cloudFaults registered with the simulator
 * @param offsets of the user actions, one for each request of the run
 */
record FaultPlan(
        long seed, int processes, List<PlannedFault> faults, List<FaultRule> cloudFaults, List<Duration> offsets) {

    /** Every fault at every boundary that it fits, shuffled. Consecutive seeds cover the whole catalog. */
    private static final List<PlannedFault> CATALOG = catalog(where -> !where.isOfRestore());

    /** The same for the boundaries of restores. Its faults are added, so that the other faults of a seed stay as they are. */
    private static final List<PlannedFault> RESTORE_CATALOG = catalog(Boundary::isOfRestore);

    private static final int FAULTS = 3;
    private static final int RESTORE_FAULTS = 2;
    private static final int FAILED_HANDOVER_PROCESSES = 3;
    private static final int MAX_REQUESTS = 32;

    static FaultPlan of(long seed) {
        var random = new Random(seed * 0x9E3779B97F4A7C15L);
        var faults = new ArrayList<>(isFailedHandover(seed) ? failedHandover(random) : drawn(seed, random));
        var cloudFaults = new ArrayList<>(cloud(random));
        List<Duration> offsets = new ArrayList<>();
        for (var i = 0; i < MAX_REQUESTS; i++) {
            offsets.add(Duration.ofMillis(random.nextInt(2500)));
        }
        var randomOfRestores = new Random(~seed * 0x9E3779B97F4A7C15L);
        if (!isFailedHandover(seed)) {
            faults.addAll(drawnOfRestores(seed, randomOfRestores));
        }
        cloudFaults.add(cloudOfRestores(randomOfRestores));
        return new FaultPlan(
                seed, processes(seed), List.copyOf(faults), List.copyOf(cloudFaults), List.copyOf(offsets));
    }

    private static List<PlannedFault> drawnOfRestores(long seed, Random random) {
        var faults = new ArrayList<PlannedFault>();
        for (var i = 0; i < RESTORE_FAULTS; i++) {
            var drawn =
                    RESTORE_CATALOG.get((int) Math.floorMod(seed * RESTORE_FAULTS + i, (long) RESTORE_CATALOG.size()));
            // Each of these boundaries is reached only after another fault.
            cause(drawn.where())
                    .ifPresent(cause -> faults.add(new PlannedFault(
                            Boundary.RESTORE_STATUS_JOB, 1 + random.nextInt(2), cause, Duration.ZERO)));
            faults.add(new PlannedFault(
                    drawn.where(), nth(drawn.where(), random), drawn.what(), duration(drawn.what(), random)));
        }
        return faults;
    }

    private static Optional<FaultType> cause(Boundary where) {
        return switch (where) {
            case RESTORES_LIST -> Optional.of(FaultType.KILL_BEFORE);
            case RESTORE_READ -> Optional.of(FaultType.TOUCH);
            case RESTORE_FINALIZER_ON -> Optional.of(FaultType.STRIP_FINALIZER);
            default -> Optional.empty();
        };
    }

    private static List<PlannedFault> drawn(long seed, Random random) {
        var faults = new ArrayList<PlannedFault>();
        for (var i = 0; i < FAULTS; i++) {
            var drawn = CATALOG.get((int) Math.floorMod(seed * FAULTS + i, (long) CATALOG.size()));
            if (drawn.where().isOfTermStart()) {
                // A term starts only after another process ends.
                faults.add(new PlannedFault(
                        Boundary.STATUS_ID, 1 + random.nextInt(4), FaultType.KILL_BEFORE, Duration.ZERO));
            }
            if (drawn.where() == Boundary.REQUEST_READ) {
                // The operator reads a request again only if its write of an id conflicts with a newer version.
                faults.add(new PlannedFault(Boundary.STATUS_ID, 1 + random.nextInt(4), FaultType.TOUCH, Duration.ZERO));
            }
            faults.add(new PlannedFault(
                    drawn.where(), nth(drawn.where(), random), drawn.what(), duration(drawn.what(), random)));
        }
        if (Math.floorMod(seed, 2) == 0) {
            // The operator gives up the create request and searches before the cloud executes it. It must not
            // send another one.
            faults.add(new PlannedFault(
                    Boundary.CREATE,
                    1 + random.nextInt(3),
                    FaultType.DELAY_REQUEST,
                    ScaledTimings.TIMEOUT.plus(ScaledTimings.scaled(700 + random.nextInt(700)))));
        }
        if (Math.floorMod(seed, 12) == 7) {
            // The operator knows the id and cannot record it. It must not create again.
            faults.add(new PlannedFault(Boundary.STATUS_ID, 1 + random.nextInt(3), FaultType.REJECT, Duration.ZERO));
        }
        return List.copyOf(faults);
    }

    private static List<PlannedFault> failedHandover(Random random) {
        var arrival = ScaledTimings.LONG_SETTLE_TIME.minus(ScaledTimings.scaled(500 + random.nextInt(1000)));
        return List.of(
                new PlannedFault(Boundary.CREATE, 1 + random.nextInt(3), FaultType.TERMINATE_IN_FLIGHT, arrival),
                new PlannedFault(Boundary.TERM_START, 1, FaultType.REJECT, Duration.ZERO));
    }

    /** Every third seed has only one process. */
    static int processes(long seed) {
        if (isFailedHandover(seed)) {
            return FAILED_HANDOVER_PROCESSES;
        }
        return Math.floorMod(seed, 3) == 0 ? 1 : 2;
    }

    /** The settle time of the processes that run plans for so many of them. */
    static Duration settleTime(int processes) {
        return processes == FAILED_HANDOVER_PROCESSES ? ScaledTimings.LONG_SETTLE_TIME : ScaledTimings.SETTLE_TIME;
    }

    /**
     * In every twelfth seed, the leader ends while the cloud has not received its create request yet, and the create intent is
     * lost. The next process gains the lease and ends before it works. The third one must still wait for the settle time.
     */
    private static boolean isFailedHandover(long seed) {
        return Math.floorMod(seed, 12) == 5;
    }

    private static List<PlannedFault> catalog(Predicate<Boundary> included) {
        List<PlannedFault> all = new ArrayList<>();
        for (var where : Boundary.values()) {
            for (var what : FaultType.values()) {
                if (included.test(where) && what.fits(where)) {
                    all.add(new PlannedFault(where, 1, what, Duration.ZERO));
                }
            }
        }
        Collections.shuffle(all, new Random(17));
        return List.copyOf(all);
    }

    /** Returns an occurrence that every run reaches, and not always the first. */
    private static int nth(Boundary where, Random random) {
        return switch (where) {
            case FINALIZER_ON, RENAME, REQUEST_READ, LOGIN, TERM_START -> 1;
            case RESTORES_LIST, RESTORE_READ, RESTORE_FINALIZER_ON, RESTORE_FINALIZER_OFF, DISK_DELETE -> 1;
            case RESTORE_INTENT, RESTORE_STATUS_JOB, RESTORE_STATUS_VOLUME, DISK_CREATE, JOB_GET ->
                1 + random.nextInt(3);
            case RESTORE_STATUS_OTHER, DISK_LIST, DISK_GET -> 1 + random.nextInt(5);
            case REQUESTS_LIST, SEARCH, READ -> 1 + random.nextInt(2);
            case DELETE, FINALIZER_OFF, INVENTORY -> 1 + random.nextInt(3);
            case INTENT, CREATE, STATUS_ID, STATUS_AVAILABLE, STATUS_OTHER -> 1 + random.nextInt(7);
            case LEASE_READ, LEASE_WRITE, WATCH_EVENT, EVENT, POLL -> 1 + random.nextInt(8);
        };
    }

    private static Duration duration(FaultType what, Random random) {
        return switch (what) {
            case DELAY_REQUEST, DELAY_RESPONSE, TERMINATE_IN_FLIGHT -> ScaledTimings.scaled(100 + random.nextInt(1800));
            case DELIVER_LATE -> ScaledTimings.SETTLE_TIME.plus(ScaledTimings.scaled(600 + random.nextInt(2500)));
            case CUT_KUBERNETES, CUT_CLOUD -> ScaledTimings.scaled(300 + random.nextInt(4000));
            case PAUSE, PAUSE_AFTER -> ScaledTimings.scaled(500 + random.nextInt(6500));
            default -> Duration.ZERO;
        };
    }

    private static FaultRule cloudOfRestores(Random random) {
        var nth = 1 + random.nextInt(4);
        var rule =
                switch (random.nextInt(14)) {
                    case 0 ->
                        FaultRule.once(Fault.CREATE_DELIVERED_LATE)
                                .on(Operation.DISK_CREATE)
                                .withDelay(ScaledTimings.scaled(200 + random.nextInt(1800)));
                    case 1 ->
                        FaultRule.once(Fault.CREATE_DELIVERED_LATE)
                                .on(Operation.DISK_CREATE)
                                .withDelay(ScaledTimings.SETTLE_TIME.plus(
                                        ScaledTimings.scaled(600 + random.nextInt(2500))));
                    case 2 -> FaultRule.once(Fault.ANSWER_LOST_AFTER_ACTING).on(Operation.DISK_CREATE);
                    case 3 -> FaultRule.once(Fault.SERVER_ERROR_AFTER_ACTING).on(Operation.DISK_CREATE);
                    case 4 -> FaultRule.once(Fault.THROTTLED_AFTER_ACTING).on(Operation.DISK_CREATE);
                    case 5 -> FaultRule.once(Fault.UNREADABLE_SUCCESS).on(Operation.DISK_CREATE);
                    case 6 -> FaultRule.once(Fault.CUT_BODY).on(Operation.DISK_CREATE);
                    case 7 -> FaultRule.once(Fault.DELETE_BOUNCES).on(Operation.DISK_DELETE);
                    case 8 -> FaultRule.once(Fault.SERVER_ERROR_AFTER_ACTING).on(Operation.DISK_DELETE);
                    case 9 -> FaultRule.once(Fault.JOB_FORGOTTEN).on(Operation.JOB_GET);
                    case 10 -> FaultRule.once(Fault.VOLUME_ENDS_IN_ERROR).on(Operation.DISK_CREATE);
                    case 11 ->
                        FaultRule.always(Fault.READ_SEES_404_FOR)
                                .on(Operation.DISK_CREATE)
                                .withDelay(ScaledTimings.LIST_LAG);
                    default ->
                        FaultRule.always(Fault.LISTING_LAGS)
                                .on(Operation.DISK_CREATE)
                                .withDelay(ScaledTimings.LIST_LAG);
                };
        return rule.times() == FaultRule.UNTIL_REMOVED ? rule : rule.fromCall(nth);
    }

    private static List<FaultRule> cloud(Random random) {
        var nth = 1 + random.nextInt(6);
        var rule =
                switch (random.nextInt(19)) {
                    case 0 ->
                        FaultRule.once(Fault.CREATE_DELIVERED_LATE)
                                .on(Operation.CREATE)
                                .withDelay(ScaledTimings.scaled(200 + random.nextInt(1800)));
                    case 1 ->
                        FaultRule.once(Fault.CREATE_DELIVERED_LATE)
                                .on(Operation.CREATE)
                                .withDelay(ScaledTimings.SETTLE_TIME.plus(
                                        ScaledTimings.scaled(600 + random.nextInt(2500))));
                    case 2 -> FaultRule.once(Fault.ANSWER_LOST_AFTER_ACTING).on(Operation.CREATE);
                    case 3 -> FaultRule.once(Fault.SERVER_ERROR_AFTER_ACTING).on(Operation.CREATE);
                    case 4 -> FaultRule.once(Fault.THROTTLED_AFTER_ACTING).on(Operation.CREATE);
                    case 5 -> FaultRule.once(Fault.UNREADABLE_SUCCESS).on(Operation.CREATE);
                    case 6 -> FaultRule.once(Fault.CUT_BODY).on(Operation.CREATE);
                    case 7 -> FaultRule.once(Fault.DELETE_BOUNCES).on(Operation.DELETE);
                    case 8 ->
                        FaultRule.once(Fault.READ_SEES_404_FOR)
                                .on(Operation.CREATE)
                                .withDelay(ScaledTimings.LIST_LAG);
                    case 9 -> FaultRule.once(Fault.TOKEN_EXPIRED).on(Operation.CREATE);
                    case 10 -> FaultRule.once(Fault.SERVER_ERROR_AFTER_ACTING).on(Operation.DELETE);
                    case 11 -> FaultRule.once(Fault.RESPONSE_OF_OTHER_SNAPSHOT).on(Operation.CREATE);
                    case 12 -> FaultRule.once(Fault.METADATA_NULL).on(Operation.CREATE);
                    case 13 -> FaultRule.always(Fault.PAGES_CUT).withText("2");
                    case 14 ->
                        // Not much faster than the operator gives up.
                        FaultRule.always(Fault.SLOW_ANSWER)
                                .on(Operation.CREATE)
                                .withDelay(ScaledTimings.TIMEOUT.multipliedBy(3).dividedBy(4));
                    default ->
                        // A list that lags is harmless on its own. It makes other faults dangerous.
                        FaultRule.always(Fault.LISTING_LAGS)
                                .on(Operation.CREATE)
                                .withDelay(ScaledTimings.LIST_LAG);
                };
        return List.of(rule.times() == FaultRule.UNTIL_REMOVED ? rule : rule.fromCall(nth));
    }
}
