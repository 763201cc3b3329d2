/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.schedule.RetentionSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SourceSelector;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleStatus;
import io.snapshotoperator.evs.testing.AdjustableClock;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Two nights of a schedule. The clock by which the operator reads schedules is set forward, so that they take seconds. A request is
 * created each night, and the first one is deleted when the second one is ready.
 */
record DemoSchedule(
        PrintStream out, KubernetesClient kubernetes, String namespace, AdjustableClock clock, LiveTable table) {
    private static final String NAME = "nightly";
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);

    /** @param claim a bound claim of the namespace. Returns the differences from what is expected */
    List<String> run(String claim) {
        var findings = new ArrayList<String>();
        table.action("kubectl apply: schedule " + NAME + ", each night at 02:30 in Berlin, of claim " + claim
                + ", keep the last one");
        apply(claim);
        expect(findings, "the schedule to name its next slot", () -> status().isPresent());
        var first = night(findings);
        expect(findings, "a request to be ready after the first night", () -> isDone(first, 1));
        var second = night(findings);
        expect(findings, "only the request of the second night to remain", () -> isDone(second, 1));

        out.printf("%nSchedule%n%n");
        status().ifPresent(status -> out.printf(
                "  %s  %s, last slot %s, next slot %s%n",
                NAME, status.conditions().get(0).getReason(), status.lastSlot(), status.nextSlot()));
        requests()
                .forEach(request -> out.printf(
                        "  kept: %s of slot %s%n", request.getMetadata().getName(), slot(request)));
        return findings;
    }

    private void apply(String claim) {
        var schedule = new VolumeSnapshotSchedule();
        schedule.setMetadata(
                new ObjectMetaBuilder().withName(NAME).withNamespace(namespace).build());
        schedule.setSpec(VolumeSnapshotScheduleSpecBuilder.builder()
                .schedule("30 2 * * *")
                .timeZone("Europe/Berlin")
                .spread("0s")
                .sources(List.of(SourceSelector.ofClaim(claim)))
                .retention(RetentionSpecBuilder.builder().last(1).build())
                .build());
        kubernetes.resource(schedule).create();
    }

    /** Lets the next slot come, and returns it. */
    private Instant night(List<String> findings) {
        if (!findings.isEmpty()) {
            return Instant.EPOCH;
        }
        var slot = Instant.parse(status().orElseThrow().nextSlot());
        clock.setForwardTo(slot);
        table.action("the clock of the schedules is set forward to " + slot);
        kubernetes
                .resources(VolumeSnapshotSchedule.class)
                .inNamespace(namespace)
                .withName(NAME)
                .edit(schedule -> {
                    schedule.getMetadata().setAnnotations(Map.of(Api.RECONCILE_REQUESTED_AT, slot.toString()));
                    return schedule;
                });
        return slot;
    }

    private boolean isDone(Instant slot, int count) {
        var all = requests();
        return all.size() == count
                && all.stream().allMatch(request -> slot(request).equals(slot))
                && status().filter(status -> status.requestsReady() == count
                                && status.requestsInProgress() == 0
                                && slot.toString().equals(status.oldestGoodSlot()))
                        .isPresent();
    }

    private List<VolumeSnapshotRequest> requests() {
        return kubernetes
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(namespace)
                .withLabel(Api.SCHEDULE, NAME)
                .list()
                .getItems();
    }

    /** Returns the name of the request that the retention policy has kept; empty if there is none. */
    Optional<String> keptRequest() {
        return requests().stream()
                .map(request -> request.getMetadata().getName())
                .findFirst();
    }

    private static Instant slot(VolumeSnapshotRequest request) {
        return Instant.parse(request.getMetadata().getAnnotations().get(Api.SLOT));
    }

    private Optional<VolumeSnapshotScheduleStatus> status() {
        return Optional.ofNullable(kubernetes
                        .resources(VolumeSnapshotSchedule.class)
                        .inNamespace(namespace)
                        .withName(NAME)
                        .get())
                .map(VolumeSnapshotSchedule::getStatus)
                .filter(status -> status.nextSlot() != null);
    }

    private static void expect(List<String> findings, String what, BooleanSupplier condition) {
        if (!findings.isEmpty()) {
            return;
        }
        try {
            await().pollDelay(Duration.ZERO).atMost(MAX_WAIT).until(condition::getAsBoolean);
        } catch (ConditionTimeoutException timeout) {
            findings.add("timed out waiting for " + what);
        }
    }
}
