/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import io.snapshotoperator.evs.demo.Expectation.Gone;
import io.snapshotoperator.evs.demo.Expectation.NotReady;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Snapshot;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the cloud says of it all: the simulator counted every call and knows every snapshot, so it can tell whether each
 * request got one snapshot, and one only.
 *
 * @param uids of the requests, in the order of telling
 * @param deleted those whose objects were deleted when they were ready
 * @param replacements how many failed snapshots each request says it replaced
 */
record DemoSummary(
        EvsSimulator cloud, Map<Sample, String> uids, List<Sample> deleted, Map<Sample, Integer> replacements) {
    private static final String UID = "evs-snapshot-operator.uid";

    /**
     * @param sent creates that arrived
     * @param actedOn creates by which a snapshot came into being
     * @param living snapshots that exist now
     */
    private record Tally(int sent, int actedOn, int living) {}

    void tellWhatStays(PrintStream out) {
        out.printf("%nWhat is in the cloud now%n%n");
        var row = "%-8s  %-9s  %-8s  %s%n";
        out.printf(row, "SNAPSHOT", "STATE", "DISK", "OF");
        for (var snapshot : cloud.snapshots().living()) {
            out.printf(
                    row,
                    RequestView.shortened(snapshot.id()),
                    snapshot.status(),
                    RequestView.shortened(snapshot.volumeId()),
                    owner(snapshot).map(this::described).orElse("nobody here"));
        }
    }

    void tellTheLedger(PrintStream out) {
        out.printf("%nThe simulator's ledger%n%n");
        var row = "%-23s  %7s  %8s  %6s%n";
        out.printf(row, "NAME", "CREATES", "ACTED ON", "LIVING");
        uids.keySet().forEach(sample -> {
            var tally = tally(sample);
            out.printf(row, sample.name(), tally.sent(), tally.actedOn(), tally.living());
        });
        var callLog = cloud.callLog();
        out.printf(
                "%n%s for a snapshot, %s acted on, %d living (%d imported).%n",
                TextLayout.count(
                        uids.keySet().stream()
                                .filter(other -> !other.isImport())
                                .count(),
                        "request"),
                TextLayout.count(callLog.createsActedOn().size(), "create"),
                cloud.snapshots().living().size(),
                uids.keySet().stream().filter(Sample::isImport).count());
        out.printf(
                "%s to the cloud in all: %s, %s, %s by id, %s shared by all who wait.%n",
                TextLayout.count(callLog.calls().size(), "call"),
                TextLayout.count(callLog.count(Operation.CREATE), "create"),
                TextLayout.count(callLog.count(Operation.DELETE), "delete"),
                TextLayout.count(callLog.count(Operation.GET), "read"),
                TextLayout.count(callLog.count(Operation.LIST), "list"));
    }

    /** Where the ledger differs from what the samples promise. */
    List<String> findings() {
        var findings = new ArrayList<String>();
        uids.keySet().forEach(sample -> {
            var tally = tally(sample);
            compare(findings, sample, "creates acted on", promisedCreates(sample), tally.actedOn());
            compare(findings, sample, "living snapshots", promisedLiving(sample), tally.living());
            compare(findings, sample, "replacements", sample.replacesWhatFails() ? 1 : 0, replacements.get(sample));
        });
        cloud.snapshots().living().stream()
                .filter(snapshot -> owner(snapshot).isEmpty())
                .forEach(snapshot -> findings.add("the cloud holds " + snapshot.id() + ", of nobody here"));
        return findings;
    }

    private static void compare(List<String> findings, Sample sample, String what, int promised, int found) {
        if (promised != found) {
            findings.add(sample.name() + " should have " + promised + " " + what + ", but has " + found);
        }
    }

    /** One, and one more for each that failed and was replaced; none where nothing is created. */
    private int promisedCreates(Sample sample) {
        var rejected = sample.expectation() instanceof NotReady end && end.reason() != SnapshotReason.SnapshotFailed;
        return sample.isImport() || rejected ? 0 : 1 + replacements.get(sample);
    }

    private int promisedLiving(Sample sample) {
        var gone = sample.expectation() instanceof Gone || deleted.contains(sample) && !sample.keepsItsSnapshot();
        return gone || !sample.isImport() && promisedCreates(sample) == 0 ? 0 : 1;
    }

    private Tally tally(Sample sample) {
        var uid = uids.get(sample);
        var sent = cloud.callLog()
                .calls(call -> call.operation() == Operation.CREATE
                        && uid.equals(call.metadata().get(UID)));
        var actedOn = cloud.callLog().createsActedOnBy(UID).getOrDefault(uid, List.of());
        var living = cloud.snapshots().living().stream()
                .filter(snapshot -> owner(snapshot).filter(sample::equals).isPresent());
        return new Tally(sent.size(), actedOn.size(), (int) living.count());
    }

    private Optional<Sample> owner(Snapshot snapshot) {
        return uids.entrySet().stream()
                .filter(entry -> entry.getValue().equals(snapshot.metadata().get(UID))
                        || snapshot.id()
                                .equals(entry.getKey()
                                        .request()
                                        .getSpec()
                                        .source()
                                        .snapshotId()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private String described(Sample sample) {
        if (sample.isImport()) {
            return sample.name() + ", which imported it";
        }
        return deleted.contains(sample) ? sample.name() + ", which is gone and retains it" : sample.name();
    }
}
