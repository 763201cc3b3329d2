/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;

/**
 * The life of one request, tried with random sequences of crashes, lost and late answers, changes of leader, conflicts,
 * people and clouds that meddle. What must hold is said in {@link LifecycleModel}. A failing run prints its seed, the
 * shortest tape that was found, and what happened in it.
 *
 * <p>More tries than the usual thousand: {@code mvn test -Dtest=LifecycleModelTest -Djqwik.tries.default=100000}.
 */
class LifecycleModelTest {

    @Property
    void oneRequestHasOneSnapshotWhateverHappens(@ForAll("tapes") byte[] tape) {
        run(tape, false);
    }

    @Property
    void anOrderThatArrivesTooLateIsFoundAndRemoved(@ForAll("tapes") byte[] tape) {
        run(tape, true);
    }

    @Provide
    Arbitrary<byte[]> tapes() {
        return Arbitraries.bytes()
                .withDistribution(RandomDistribution.uniform())
                .withoutEdgeCases()
                .array(byte[].class)
                .ofMinSize(0)
                .ofMaxSize(400)
                .withSizeDistribution(RandomDistribution.uniform())
                .withoutEdgeCases();
    }

    static void run(byte[] tape, boolean late) {
        try {
            new LifecycleModel(new ChoiceSequence(tape), late, Optional.empty()).run();
        } catch (AssertionError | RuntimeException failure) {
            // Once more, and this time told.
            List<String> trace = new ArrayList<>();
            try {
                new LifecycleModel(new ChoiceSequence(tape), late, Optional.of(trace)).run();
            } catch (AssertionError | RuntimeException again) {
                throw new AssertionError(again.getMessage() + "\n" + String.join("\n", trace), again);
            }
            throw new AssertionError("a run that cannot be repeated", failure);
        }
    }
}
