/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.condition;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Converts a verdict to the three conditions that every status contains, in this order: {@code Ready}, {@code
 * Reconciling}, {@code Stalled}. They follow kstatus, so that {@code kubectl wait} and Flux need no configuration.
 * Argo CD needs the script of {@code deploy/gitops/argocd}.
 */
public final class Conditions {
    public static final String READY = "Ready";
    public static final String RECONCILING = "Reconciling";
    public static final String STALLED = "Stalled";

    private Conditions() {}

    /**
     * Returns the conditions that replace {@code before}.
     *
     * @param generation the {@code metadata.generation} to which the verdict refers
     */
    public static List<Condition> next(List<Condition> before, Verdict verdict, long generation, Instant now) {
        var phase = verdict.reason().phase();
        return List.of(
                condition(READY, phase == Phase.READY, before, verdict, generation, now),
                condition(
                        RECONCILING,
                        phase == Phase.PROGRESSING || phase == Phase.PAUSED,
                        before,
                        verdict,
                        generation,
                        now),
                condition(STALLED, phase == Phase.STALLED, before, verdict, generation, now));
    }

    /** Returns the reason of the condition {@code Ready}; empty if there is none. */
    public static Optional<String> readyReason(List<Condition> conditions) {
        return conditions.stream()
                .filter(condition -> READY.equals(condition.getType()))
                .map(Condition::getReason)
                .findFirst();
    }

    /** Returns whether the condition {@code Ready} is true. */
    public static boolean isReady(List<Condition> conditions) {
        return conditions.stream()
                .anyMatch(condition -> READY.equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    private static Condition condition(
            String type, boolean isTrue, List<Condition> before, Verdict verdict, long generation, Instant now) {
        var status = isTrue ? "True" : "False";
        // Tools read the time as the begin of the status, so a new reason or message must not change it.
        var since = before.stream()
                .filter(condition -> type.equals(condition.getType()) && status.equals(condition.getStatus()))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString());
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(verdict.reason().name())
                .withMessage(isTrue || READY.equals(type) ? verdict.message() : "")
                .withObservedGeneration(generation)
                .withLastTransitionTime(since)
                .build();
    }
}
