/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.condition.Phase;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.demo.Expectation.Gone;
import io.snapshotoperator.evs.demo.Expectation.NotReady;
import io.snapshotoperator.evs.demo.Expectation.Ready;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.AdjustableClock;
import io.snapshotoperator.evs.testing.InvariantInputs;
import io.snapshotoperator.evs.testing.SnapshotInvariants.RequestState;
import io.snapshotoperator.evs.testing.VolumeController;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The samples in two steps, a schedule in a third one, and a restore in a fourth one. The first step applies all samples and waits until each ends as
 * expected. The second step deletes two of them and checks what their policies keep. Each difference becomes a finding, and the
 * scenario continues.
 */
final class DemoScenario implements AutoCloseable {
    private static final Duration MAX_STEP_TIME = Duration.ofSeconds(45);

    /** The wait for a condition if the time of the step is over: long enough to check once. */
    private static final Duration MIN_WAIT = Duration.ofMillis(200);

    private final PrintStream out;
    private final KubernetesClient kubernetes;
    private final String namespace;
    private final EvsSimulator cloud;
    private final AdjustableClock scheduleClock;
    private final List<Sample> samples;
    private final LiveTable table;
    private final Map<Sample, String> uids = new LinkedHashMap<>();
    private final Set<String> printedEvents = new HashSet<>();
    private final List<String> findings = new ArrayList<>();
    private long stepEnds;

    /**
     * @param namespace an existing one that the operator watches
     * @param scheduleClock that of the operator for its schedules
     */
    DemoScenario(
            PrintStream out,
            KubernetesClient kubernetes,
            String namespace,
            EvsSimulator cloud,
            AdjustableClock scheduleClock,
            List<Sample> samples) {
        this.out = out;
        this.kubernetes = kubernetes;
        this.namespace = namespace;
        this.cloud = cloud;
        this.scheduleClock = scheduleClock;
        this.samples = List.copyOf(samples);
        this.table = new LiveTable(out, kubernetes, namespace);
    }

    /** Runs the scenario, and returns the differences from the expectations; empty if there are none. */
    List<String> run() {
        beginStep("Apply all samples. Each ends as the first line of its file states.");
        apply();
        bindClaims();
        deleteDuringCreation();
        samples.forEach(sample -> becomesTrue(() -> hasEndedAsExpected(sample)));

        out.printf("%nConditions and events that kubectl describe shows%n");
        samples.forEach(this::describe);

        var deleted = Stream.of(firstThatDeletesItsSnapshot(), thoseThatRetainTheirSnapshot())
                .flatMap(List::stream)
                .toList();
        var states = states();
        beginStep("Delete two requests. The operator deletes the snapshot of one and retains that of the other.");
        delete(deleted);

        var summary = new DemoSummary(cloud, states, deleted, replacements());
        summary.printSnapshots(out);
        summary.printCalls(out);
        findings.addAll(summary.findings());

        beginStep("Let two nights of a schedule pass. It keeps the last snapshot of the claim.");
        var schedule = new DemoSchedule(out, kubernetes, namespace, scheduleClock, table);
        findings.addAll(schedule.run(boundClaim()));

        beginStep("Restore the snapshot that the schedule kept to a new volume.");
        findings.addAll(schedule.keptRequest()
                .map(request -> new DemoRestore(out, kubernetes, namespace, cloud, table).run(request))
                .orElse(List.of("the schedule kept no request to restore")));
        return List.copyOf(findings);
    }

    private String boundClaim() {
        return samples.stream()
                .flatMap(sample -> sample.claims().stream())
                .map(claim -> claim.getMetadata().getName())
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        table.close();
    }

    private void beginStep(String title) {
        out.printf("%n%s%n%n", title);
        stepEnds = System.nanoTime() + MAX_STEP_TIME.toNanos();
        table.head();
    }

    private void apply() {
        table.action("kubectl apply -f deploy/samples/");
        for (var sample : samples) {
            sample.manifests().forEach(this::create);
            var created =
                    kubernetes.resource(sample.request()).inNamespace(namespace).get();
            uids.put(sample, created.getMetadata().getUid());
        }
    }

    private void create(HasMetadata manifest) {
        if (manifest instanceof Namespaced) {
            kubernetes.resource(manifest).inNamespace(namespace).create();
        } else {
            kubernetes.resource(manifest).create();
        }
    }

    /** Binds the claims, as the volume controller of a cluster does. The demo has none. */
    private void bindClaims() {
        for (var sample : samples) {
            for (var claim : sample.claims()) {
                awaitState(
                        sample.name() + " to wait for its claim",
                        () -> isBecause(sample, CommonReason.WaitingForClaim));
                table.action("the cluster binds claim " + claim.getMetadata().getName() + " to its volume");
                VolumeController.bind(kubernetes, namespace, claim.getMetadata().getName());
            }
        }
    }

    private void deleteDuringCreation() {
        for (var sample : samples) {
            if (sample.expectation() instanceof Gone) {
                awaitState(sample.name() + " to be creating", () -> isInState(sample, "creating"));
                requestDeletion(List.of(sample));
            }
        }
    }

    private List<Sample> firstThatDeletesItsSnapshot() {
        return samples.stream()
                .filter(sample -> sample.expectation() instanceof Ready && !sample.retainsSnapshot())
                .limit(1)
                .toList();
    }

    private List<Sample> thoseThatRetainTheirSnapshot() {
        return samples.stream()
                .filter(sample ->
                        sample.expectation() instanceof Ready && sample.retainsSnapshot() && !sample.isImport())
                .toList();
    }

    private void delete(List<Sample> deleted) {
        requestDeletion(deleted);
        deleted.forEach(sample -> awaitState(sample.name() + " to be deleted", () -> table.shown(sample.name())
                .isEmpty()));
        out.println();
        deleted.forEach(sample -> newEvents(sample)
                .forEach(event -> out.println(TextLayout.wrapped(
                        "  %s  %s  ".formatted(sample.name(), event.getReason()), event.getMessage()))));
    }

    private void requestDeletion(List<Sample> deleted) {
        table.action("kubectl delete vsr " + deleted.stream().map(Sample::name).collect(Collectors.joining(" ")));
        deleted.forEach(sample ->
                kubernetes.resource(sample.request()).inNamespace(namespace).delete());
    }

    private void describe(Sample sample) {
        var asExpected = hasEndedAsExpected(sample);
        if (!asExpected) {
            findings.add(sample.name() + " should have ended as " + sample.expectation() + ", but "
                    + table.shown(sample.name())
                            .map(view -> "is " + view.state() + ", " + view.reason())
                            .orElse("is gone"));
        }
        out.printf(
                "%n%s  %s (%s, expected %s)%n",
                asExpected ? "ok " : "NOT", sample.name(), sample.file().getFileName(), sample.expectation());
        var message =
                table.shown(sample.name()).map(RequestView::message).orElse("The object and its snapshot are gone.");
        table.shown(sample.name()).ifPresent(view -> out.println("     " + conditions(view)));
        out.println(TextLayout.wrapped("     ", message));
        newEvents(sample)
                .forEach(event -> out.println(TextLayout.wrapped(
                        "     %-7s  %-22s  ".formatted(event.getType(), event.getReason()),
                        event.getMessage().equals(message) ? "(same message)" : event.getMessage())));
    }

    private static String conditions(RequestView view) {
        return view.conditions().stream()
                        .map(condition -> condition.getType() + " " + condition.getStatus())
                        .collect(Collectors.joining(", "))
                + ": " + view.reason();
    }

    private List<Event> newEvents(Sample sample) {
        return kubernetes.v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event ->
                        uids.get(sample).equals(event.getInvolvedObject().getUid()))
                .filter(event -> printedEvents.add(event.getMetadata().getUid()))
                .sorted(Comparator.comparingLong(
                        event -> Long.parseLong(event.getMetadata().getResourceVersion())))
                .toList();
    }

    /** The states of the requests; without a status if the object does not exist. */
    private Map<Sample, RequestState> states() {
        Map<Sample, RequestState> states = new LinkedHashMap<>();
        uids.forEach((sample, uid) -> states.put(
                sample,
                table.shown(sample.name())
                        .map(view -> InvariantInputs.request(sample.name(), view.request()))
                        .orElse(RequestState.withoutStatus(sample.name(), uid))));
        return states;
    }

    private Map<Sample, Integer> replacements() {
        return samples.stream().collect(Collectors.toMap(sample -> sample, sample -> table.shown(sample.name())
                .map(RequestView::replacements)
                .orElse(0)));
    }

    private boolean hasEndedAsExpected(Sample sample) {
        if (sample.expectation() instanceof Ready) {
            return isBecause(sample, SnapshotReason.SnapshotAvailable) && isInState(sample, "available");
        }
        if (sample.expectation() instanceof NotReady end) {
            return isBecause(sample, end.reason());
        }
        return table.shown(sample.name()).isEmpty();
    }

    /** Whether the request shows the reason, and its three conditions fit the phase of the reason. */
    private boolean isBecause(Sample sample, Reason reason) {
        return table.shown(sample.name())
                .filter(view -> view.reason().equals(reason.name())
                        && view.is(Conditions.READY) == (reason.phase() == Phase.READY)
                        && view.is(Conditions.RECONCILING) == (reason.phase() == Phase.PROGRESSING)
                        && view.is(Conditions.STALLED) == (reason.phase() == Phase.STALLED))
                .isPresent();
    }

    private boolean isInState(Sample sample, String state) {
        return table.shown(sample.name())
                .filter(view -> view.state().equals(state))
                .isPresent();
    }

    private void awaitState(String what, BooleanSupplier condition) {
        if (!becomesTrue(condition)) {
            findings.add("timed out waiting for " + what);
        }
    }

    private boolean becomesTrue(BooleanSupplier condition) {
        var left = Math.max(stepEnds - System.nanoTime(), MIN_WAIT.toNanos());
        try {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(50))
                    .atMost(Duration.ofNanos(left))
                    .until(condition::getAsBoolean);
            return true;
        } catch (ConditionTimeoutException timeout) {
            return false;
        }
    }
}
