/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatusBuilder;
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
 * The samples in two acts. In the first all are applied, and each ends as it promises; in the second two are deleted, and
 * what stays is what their policies say. Whatever differs becomes a finding, and the story goes on.
 */
final class DemoScenario implements AutoCloseable {
    private static final Duration PATIENCE_FOR_AN_ACT = Duration.ofSeconds(45);

    /** For what is waited for when the act is over already: one look, which takes Awaitility a moment. */
    private static final Duration PATIENCE_FOR_NO_MORE = Duration.ofMillis(200);

    private final PrintStream out;
    private final KubernetesClient kubernetes;
    private final String namespace;
    private final EvsSimulator cloud;
    private final List<Sample> samples;
    private final LiveTable table;
    private final Map<Sample, String> uids = new LinkedHashMap<>();
    private final Set<String> eventsRead = new HashSet<>();
    private final List<String> findings = new ArrayList<>();
    private long actEnds;

    /** @param namespace exists, and the operator watches it */
    DemoScenario(
            PrintStream out, KubernetesClient kubernetes, String namespace, EvsSimulator cloud, List<Sample> samples) {
        this.out = out;
        this.kubernetes = kubernetes;
        this.namespace = namespace;
        this.cloud = cloud;
        this.samples = List.copyOf(samples);
        this.table = new LiveTable(out, kubernetes, namespace);
    }

    /** What differs from what was promised; empty when all is as it should be. */
    List<String> tell() {
        beginAct("All are applied, and each ends as its first line promises");
        apply();
        bindClaims();
        deleteWhatIsBeingCreated();
        samples.forEach(sample -> comesTrue(() -> hasEndedAsPromised(sample)));

        out.printf("%nWhat people read with kubectl describe%n");
        samples.forEach(this::describe);

        var leaving = Stream.of(firstThatTakesItsSnapshotAlong(), thoseThatLeaveTheirSnapshot())
                .flatMap(List::stream)
                .toList();
        beginAct("Two are deleted: one takes its snapshot along, the other leaves it");
        delete(leaving);

        var reckoning = new DemoSummary(cloud, uids, leaving, replacements());
        reckoning.tellWhatStays(out);
        reckoning.tellTheLedger(out);
        findings.addAll(reckoning.findings());
        return List.copyOf(findings);
    }

    @Override
    public void close() {
        table.close();
    }

    private void beginAct(String title) {
        out.printf("%n%s%n%n", title);
        actEnds = System.nanoTime() + PATIENCE_FOR_AN_ACT.toNanos();
        table.head();
    }

    private void apply() {
        table.deed("kubectl apply -f deploy/samples/");
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

    /** As the cluster's volume controller would; there is none here. */
    private void bindClaims() {
        for (var sample : samples) {
            for (var claim : sample.claims()) {
                settle(sample.name() + " to wait for its claim", () -> isBecause(sample, CommonReason.WaitingForClaim));
                table.deed("the cluster binds the claim " + claim.getMetadata().getName() + " to its volume");
                kubernetes.resource(claim).inNamespace(namespace).editStatus(DemoScenario::bound);
            }
        }
    }

    private static PersistentVolumeClaim bound(PersistentVolumeClaim claim) {
        claim.setStatus(new PersistentVolumeClaimStatusBuilder()
                .withPhase("Bound")
                .withAccessModes(claim.getSpec().getAccessModes())
                .withCapacity(claim.getSpec().getResources().getRequests())
                .build());
        return claim;
    }

    private void deleteWhatIsBeingCreated() {
        for (var sample : samples) {
            if (sample.expectation() instanceof Gone) {
                settle(sample.name() + " to be creating", () -> isInState(sample, "creating"));
                orderDeletion(List.of(sample));
            }
        }
    }

    private List<Sample> firstThatTakesItsSnapshotAlong() {
        return samples.stream()
                .filter(sample -> sample.expectation() instanceof Ready && !sample.keepsItsSnapshot())
                .limit(1)
                .toList();
    }

    private List<Sample> thoseThatLeaveTheirSnapshot() {
        return samples.stream()
                .filter(sample ->
                        sample.expectation() instanceof Ready && sample.keepsItsSnapshot() && !sample.isImport())
                .toList();
    }

    private void delete(List<Sample> leaving) {
        orderDeletion(leaving);
        leaving.forEach(other ->
                settle(other.name() + " to go", () -> table.shown(other.name()).isEmpty()));
        out.println();
        leaving.forEach(sample -> unreadEvents(sample)
                .forEach(event -> out.println(TextLayout.wrapped(
                        "  %s  %s  ".formatted(sample.name(), event.getReason()), event.getMessage()))));
    }

    private void orderDeletion(List<Sample> leaving) {
        table.deed("kubectl delete vsr " + leaving.stream().map(Sample::name).collect(Collectors.joining(" ")));
        leaving.forEach(sample ->
                kubernetes.resource(sample.request()).inNamespace(namespace).delete());
    }

    private void describe(Sample sample) {
        var asPromised = hasEndedAsPromised(sample);
        if (!asPromised) {
            findings.add(sample.name() + " should have ended as " + sample.expectation() + ", but "
                    + table.shown(sample.name())
                            .map(view -> "is " + view.state() + ", " + view.reason())
                            .orElse("is gone"));
        }
        out.printf(
                "%n%s  %s, %s promised %s%n",
                asPromised ? "ok " : "NOT", sample.name(), sample.file().getFileName(), sample.expectation());
        var message = table.shown(sample.name())
                .map(RequestView::message)
                .orElse("The object is gone, and so is its snapshot.");
        table.shown(sample.name()).ifPresent(view -> out.println("     " + conditions(view)));
        out.println(TextLayout.wrapped("     ", message));
        unreadEvents(sample)
                .forEach(event -> out.println(TextLayout.wrapped(
                        "     %-7s  %-18s  ".formatted(event.getType(), event.getReason()),
                        event.getMessage().equals(message) ? "(the same words)" : event.getMessage())));
    }

    private static String conditions(RequestView view) {
        return view.conditions().stream()
                        .map(condition -> condition.getType() + " " + condition.getStatus())
                        .collect(Collectors.joining(", "))
                + ": " + view.reason();
    }

    private List<Event> unreadEvents(Sample sample) {
        return kubernetes.v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event ->
                        uids.get(sample).equals(event.getInvolvedObject().getUid()))
                .filter(event -> eventsRead.add(event.getMetadata().getUid()))
                .sorted(Comparator.comparingLong(
                        event -> Long.parseLong(event.getMetadata().getResourceVersion())))
                .toList();
    }

    private Map<Sample, Integer> replacements() {
        return samples.stream().collect(Collectors.toMap(sample -> sample, sample -> table.shown(sample.name())
                .map(RequestView::replacements)
                .orElse(0)));
    }

    private boolean hasEndedAsPromised(Sample sample) {
        if (sample.expectation() instanceof Ready) {
            return isBecause(sample, SnapshotReason.SnapshotAvailable) && isInState(sample, "available");
        }
        if (sample.expectation() instanceof NotReady end) {
            return isBecause(sample, end.reason());
        }
        return table.shown(sample.name()).isEmpty();
    }

    /** The reason is shown, and the three conditions say what a reason of its phase means. */
    private boolean isBecause(Sample sample, Reason reason) {
        return table.shown(sample.name())
                .filter(view -> view.reason().equals(reason.name())
                        && view.is(Conditions.READY) == (reason.phase() == Phase.READY)
                        && view.is(Conditions.RECONCILING) == (reason.phase() == Phase.PROGRESSING)
                        && view.is(Conditions.STALLED) == (reason.phase() == Phase.STALLED))
                .isPresent();
    }

    private boolean isInState(Sample sample, String word) {
        return table.shown(sample.name())
                .filter(view -> view.state().equals(word))
                .isPresent();
    }

    private void settle(String what, BooleanSupplier condition) {
        if (!comesTrue(condition)) {
            findings.add("waited in vain for " + what);
        }
    }

    private boolean comesTrue(BooleanSupplier condition) {
        var left = Math.max(actEnds - System.nanoTime(), PATIENCE_FOR_NO_MORE.toNanos());
        try {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(50))
                    .atMost(Duration.ofNanos(left))
                    .until(condition::getAsBoolean);
            return true;
        } catch (ConditionTimeoutException inVain) {
            return false;
        }
    }
}
