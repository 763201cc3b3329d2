/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.condition;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Turns a verdict into the three conditions that are always written, in this order: {@code Ready}, {@code Reconciling},
 * {@code Stalled}. They follow kstatus, so that {@code kubectl wait}, Flux and Argo CD need no configuration.
 */
public final class Conditions {
    public static final String READY = "Ready";
    public static final String RECONCILING = "Reconciling";
    public static final String STALLED = "Stalled";

    private Conditions() {}

    public static List<Condition> next(List<Condition> before, Verdict verdict, long generation, Instant now) {
        var phase = verdict.reason().phase();
        return List.of(
                condition(READY, phase == Phase.READY, true, before, verdict, generation, now),
                condition(RECONCILING, phase == Phase.PROGRESSING, false, before, verdict, generation, now),
                condition(STALLED, phase == Phase.STALLED, false, before, verdict, generation, now));
    }

    private static Condition condition(
            String type,
            boolean holds,
            boolean always,
            List<Condition> before,
            Verdict verdict,
            long generation,
            Instant now) {
        var status = holds ? "True" : "False";
        // A condition's time moves when its status flips, never for a new message: tools read it as "since when".
        var since = before.stream()
                .filter(c -> type.equals(c.getType()) && status.equals(c.getStatus()))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString());
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(verdict.reason().name())
                .withMessage(holds || always ? verdict.message() : "")
                .withObservedGeneration(generation)
                .withLastTransitionTime(since)
                .build();
    }
}
