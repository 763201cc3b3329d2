/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import io.snapshotoperator.evs.demo.Expectation.Gone;
import io.snapshotoperator.evs.demo.Expectation.NotReady;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.InvariantInputs;
import io.snapshotoperator.evs.testing.SnapshotInvariants;
import io.snapshotoperator.evs.testing.SnapshotInvariants.LivingSnapshot;
import io.snapshotoperator.evs.testing.SnapshotInvariants.RequestState;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the simulator reports at the end. It counted every call and knows every snapshot, so it shows whether each request has
 * exactly one snapshot.
 *
 * @param requests the last state of each request
 * @param deleted the requests that were deleted when they were ready
 * @param replacements how many failed snapshots each request reports as replaced
 */
record DemoSummary(
        EvsSimulator cloud,
        Map<Sample, RequestState> requests,
        List<Sample> deleted,
        Map<Sample, Integer> replacements) {

    void printSnapshots(PrintStream out) {
        out.printf("%nSnapshots in the cloud%n%n");
        var row = "%-8s  %-9s  %-8s  %s%n";
        out.printf(row, "SNAPSHOT", "STATE", "VOLUME", "REQUEST");
        for (var snapshot : cloud.snapshots().living()) {
            out.printf(
                    row,
                    RequestView.shortened(snapshot.id()),
                    snapshot.status(),
                    RequestView.shortened(snapshot.volumeId()),
                    owner(InvariantInputs.living(snapshot)).map(this::describe).orElse("none"));
        }
    }

    void printCalls(PrintStream out) {
        out.printf("%nCreate requests that the simulator received%n%n");
        var row = "%-23s  %8s  %8s  %6s%n";
        out.printf(row, "NAME", "RECEIVED", "EXECUTED", "LIVING");
        var invariants = invariants();
        requests.forEach((sample, request) -> out.printf(
                row,
                sample.name(),
                cloud.callLog()
                        .calls(call -> call.operation() == Operation.CREATE
                                && request.uid().equals(call.metadata().get(SnapshotInvariants.UID)))
                        .size(),
                invariants.createsOf(request.uid()).size(),
                living(invariants, sample).size()));
        var callLog = cloud.callLog();
        out.printf(
                "%n%s that create a snapshot: %s executed. %s now exist (%d imported).%n",
                TextLayout.count(
                        requests.keySet().stream()
                                .filter(sample -> !sample.isImport())
                                .count(),
                        "request"),
                TextLayout.count(callLog.createsActedOn().size(), "create"),
                TextLayout.count(invariants.living().size(), "snapshot"),
                requests.keySet().stream().filter(Sample::isImport).count());
        out.printf(
                "%s to the cloud in total: %s, %s, %s by id, %s shared by all waiting requests.%n",
                TextLayout.count(callLog.calls().size(), "call"),
                TextLayout.count(callLog.count(Operation.CREATE), "create"),
                TextLayout.count(callLog.count(Operation.DELETE), "delete"),
                TextLayout.count(callLog.count(Operation.GET), "read"),
                TextLayout.count(callLog.count(Operation.LIST), "list"));
    }

    /** The violated invariants, and the differences from the expectations of the samples. */
    List<String> findings() {
        var findings = new ArrayList<String>();
        var invariants = invariants();
        requests.forEach((sample, request) -> {
            findings.addAll(invariants.createdOnce(request, 0));
            findings.addAll(invariants.noCreateExecutedTwice(request));
            findings.addAll(invariants.remainingAreMarked(request));
            if (sample.isImport() || !expectsSnapshot(sample)) {
                findings.addAll(invariants.noLivingSnapshot(request));
            } else {
                findings.addAll(invariants.oneLivingSnapshot(request));
            }
            compare(
                    findings,
                    sample,
                    "executed create requests",
                    expectedCreates(sample),
                    invariants.createsOf(request.uid()).size());
            compare(
                    findings,
                    sample,
                    "living snapshots",
                    expectsSnapshot(sample) ? 1 : 0,
                    living(invariants, sample).size());
            compare(
                    findings,
                    sample,
                    "replacements",
                    sample.replacesFailedSnapshot() ? 1 : 0,
                    replacements.get(sample));
        });
        invariants.living().stream()
                .filter(snapshot -> owner(snapshot).isEmpty())
                .forEach(snapshot -> findings.add("the cloud contains " + snapshot + ", which belongs to no request"));
        return findings;
    }

    private SnapshotInvariants invariants() {
        return InvariantInputs.of(cloud, call -> false);
    }

    private static void compare(List<String> findings, Sample sample, String what, int expected, int actual) {
        if (expected != actual) {
            findings.add(sample.name() + " should have " + expected + " " + what + ", but has " + actual);
        }
    }

    /** One, and one more for each replaced snapshot; zero if nothing is created. */
    private int expectedCreates(Sample sample) {
        var rejected = sample.expectation() instanceof NotReady end && end.reason() != SnapshotReason.SnapshotFailed;
        return sample.isImport() || rejected ? 0 : 1 + replacements.get(sample);
    }

    /** Whether a snapshot exists at the end: the created or the imported one. */
    private boolean expectsSnapshot(Sample sample) {
        var gone = sample.expectation() instanceof Gone || deleted.contains(sample) && !sample.retainsSnapshot();
        return !gone && (sample.isImport() || expectedCreates(sample) > 0);
    }

    private List<LivingSnapshot> living(SnapshotInvariants invariants, Sample sample) {
        return invariants.living().stream()
                .filter(snapshot -> owner(snapshot).filter(sample::equals).isPresent())
                .toList();
    }

    /** The sample that created or imported the snapshot; empty if there is none. */
    private Optional<Sample> owner(LivingSnapshot snapshot) {
        return requests.entrySet().stream()
                .filter(entry ->
                        snapshot.uid().equals(Optional.of(entry.getValue().uid()))
                                || snapshot.id()
                                        .equals(entry.getKey()
                                                .request()
                                                .getSpec()
                                                .source()
                                                .snapshotId()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private String describe(Sample sample) {
        if (sample.isImport()) {
            return sample.name() + " (imported)";
        }
        return deleted.contains(sample) ? sample.name() + " (deleted, snapshot retained)" : sample.name();
    }
}
