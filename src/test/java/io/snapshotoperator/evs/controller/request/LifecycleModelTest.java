/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.controller.request.LifecycleModel.Variant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Drives the real classes of the operator through the life of one request, with random crashes, lost and late responses,
 * leader changes, conflicts, and other clients of Kubernetes and the cloud. {@link ModelChecks} defines what must hold. A
 * failing run prints its seed, the shortest sequence of choices that was found, and what happened.
 *
 * <p>More tries than the usual thousand: {@code mvn test -Dtest=LifecycleModelTest -Djqwik.tries.default=100000}.
 */
class LifecycleModelTest {
    /** A strong reference: the log manager forgets the level of a logger that is collected. */
    private static final Logger LOG = Logger.getLogger("io.snapshotoperator.evs");

    /** Each occurred at least 50 times in 2,000 runs. */
    private static final Set<String> SITUATIONS = Set.of(
            "BUSY",
            "CloudUnavailable",
            "ConnectionMisconfigured",
            "CreateOutcomeUnknown",
            "Deleting",
            "LocationMismatch",
            "MISCONFIGURED",
            "NOT_AUTHORIZED",
            "NotAuthorized",
            "NotOwned",
            "Paused",
            "ReadyDeadlineExceeded",
            "Rejected",
            "ReplacingFailedSnapshot",
            "SnapshotAvailable",
            "SnapshotFailed",
            "SnapshotInUse",
            "SnapshotMissing",
            "THROTTLED",
            "THROTTLED, ambiguous",
            "TRANSIENT",
            "TRANSIENT, ambiguous",
            "Throttled",
            "UNKNOWN, ambiguous",
            "VerifyingPreviousCreate",
            "VolumeBusy",
            "WaitingForBudget",
            "WaitingForCloud",
            "WaitingToDelete",
            "a failed snapshot is deleted to be replaced",
            "a forged create intent",
            "a list is incomplete",
            "a process dies after a read",
            "a process dies after a status patch",
            "a process dies after the cloud executed the create request",
            "a process dies after the create request was sent",
            "a process dies before a status patch",
            "a process dies before the create request was sent",
            "a process dies while the poller waits for a permit",
            "a process pauses",
            "a reconcile runs during a list of the poller",
            "a write is rejected with 409",
            "another client copies a marker",
            "another client removes the recorded snapshot",
            "creates are suspended",
            "settled: CreateOutcomeUnknown",
            "settled: LocationMismatch",
            "settled: SnapshotAvailable",
            "settled: SnapshotFailed",
            "settled: SnapshotMissing",
            "the API server rejects a status patch",
            "the Lease is too short",
            "the budget is paused",
            "the cloud accepts a delete",
            "the cloud accepts an update",
            "the cloud shows available",
            "the cloud shows backing-up",
            "the cloud shows error",
            "the cloud shows error_deleting",
            "the cloud shows no snapshot",
            "the cloud shows pondering",
            "the cloud shows rollbacking",
            "the deleted request stays: LocationMismatch",
            "the deleted request stays: NotOwned",
            "the operator deletes the request",
            "the operator removes the finalizer",
            "the poller takes an inventory",
            "the poller triggers a reconcile",
            "the poller triggers a reconcile of the second object",
            "the request is gone",
            "the second object settled: SnapshotAvailable",
            "the second object settled: SnapshotMissing",
            "the response to a status patch is lost",
            "the volume is locked");

    private static final int MIN_RUNS = 1000;
    private static final Set<String> REACHED = new HashSet<>();

    private static Level levelBefore;
    private static int runs;

    @BeforeContainer
    static void silenceLog() {
        levelBefore = LOG.getLevel();
        LOG.setLevel(Level.OFF);
    }

    @AfterContainer
    static void restoreLog() {
        LOG.setLevel(levelBefore);
    }

    /** Without it, a change could make the properties hold because little happens. */
    @AfterContainer
    static void reachesFaultsAndReasons() {
        if (runs >= MIN_RUNS) {
            assertThat(REACHED).containsAll(SITUATIONS);
            assertThat(REACHED).containsAll(createFates());
        }
    }

    private static List<String> createFates() {
        return IntStream.range(0, 18)
                .mapToObj(fate -> "create request with fate " + fate)
                .toList();
    }

    @Property
    void keepsOneSnapshotPerRequest(@ForAll("choices") byte[] choices) {
        run(choices, Variant.NORMAL);
    }

    @Property
    void findsAndDeletesDuplicateOfLateCreate(@ForAll("choices") byte[] choices) {
        run(choices, Variant.LATE_CREATES);
    }

    @Property
    void changesNothingOfOthersWhateverUserForges(@ForAll("choices") byte[] choices) {
        run(choices, Variant.FORGED);
    }

    @Provide
    Arbitrary<byte[]> choices() {
        return Arbitraries.bytes()
                .withDistribution(RandomDistribution.uniform())
                .withoutEdgeCases()
                .array(byte[].class)
                .ofMinSize(0)
                .ofMaxSize(400)
                .withSizeDistribution(RandomDistribution.uniform())
                .withoutEdgeCases();
    }

    private static void run(byte[] choices, Variant variant) {
        runs++;
        try {
            new LifecycleModel(
                            new ChoiceSequence(choices),
                            variant,
                            new LifecycleModel.Listener(Optional.empty(), REACHED::add))
                    .run();
        } catch (AssertionError | RuntimeException failure) {
            List<String> trace = new ArrayList<>();
            var listener = new LifecycleModel.Listener(Optional.of(trace), situation -> {});
            try {
                new LifecycleModel(new ChoiceSequence(choices), variant, listener).run();
            } catch (AssertionError | RuntimeException again) {
                throw new AssertionError(again.getMessage() + "\n" + String.join("\n", trace), again);
            }
            throw new AssertionError("a run that cannot be repeated", failure);
        }
    }
}
