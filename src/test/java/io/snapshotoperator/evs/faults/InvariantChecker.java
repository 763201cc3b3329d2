/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import io.fabric8.kubernetes.api.model.Condition;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.simulator.CallLogEntry;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.Operation;
import io.snapshotoperator.evs.simulator.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Holds what came out of a run against the promises; each violation is a sentence. */
final class InvariantChecker {
    private static final String UID = "evs-snapshot-operator.uid";
    private static final String CREATE_ID = "evs-snapshot-operator.create-id";
    private static final Set<String> MARKER = Set.of(
            UID,
            CREATE_ID,
            "evs-snapshot-operator.installation",
            "evs-snapshot-operator.namespace",
            "evs-snapshot-operator.name");
    private static final Set<Operation> TOUCHING =
            EnumSet.of(Operation.DELETE, Operation.UPDATE, Operation.METADATA_WRITE, Operation.METADATA_DELETE);

    private final TestBed testBed;
    private final List<ScenarioRequest> parts;
    private final List<Snapshot> foreign;
    private final Instant startedAt;

    /** @param startedAt when the first request was applied */
    InvariantChecker(TestBed testBed, List<ScenarioRequest> parts, List<Snapshot> foreign, Instant startedAt) {
        this.testBed = testBed;
        this.parts = parts;
        this.foreign = foreign;
        this.startedAt = startedAt;
    }

    /** One living snapshot for each living request, the right one, and every wait ended; what was deleted is gone. */
    List<String> checkExisting() {
        List<String> found = new ArrayList<>();
        var objects = testBed
                .kubernetes()
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(testBed.namespace())
                .list()
                .getItems()
                .stream()
                .collect(Collectors.toMap(request -> request.getMetadata().getName(), Function.identity()));
        for (var scenario : parts) {
            var object = Optional.ofNullable(objects.get(scenario.name()));
            if (scenario.isDeleted()) {
                gone(scenario, object, found);
            } else if (object.isEmpty()) {
                found.add(scenario + " is gone though nobody deleted it");
            } else {
                living(scenario, object.get(), found);
            }
        }
        return found;
    }

    /** After everything was deleted. */
    List<String> checkDeleted() {
        return checkExisting();
    }

    private void gone(ScenarioRequest scenario, Optional<VolumeSnapshotRequest> object, List<String> found) {
        object.ifPresent(request -> found.add(scenario + " was deleted and is still there: " + told(request)));
        var mine = mine(scenario);
        for (var remaining : mine) {
            if (!remaining.metadata().keySet().containsAll(MARKER)) {
                found.add(scenario + " left " + remaining.id() + " which nothing names");
            }
        }
        var mayLeave =
                scenario.role() == ScenarioRequest.Scenario.RETAINED || scenario.isStripped() || late(scenario) > 0;
        if (!mine.isEmpty() && !mayLeave && object.isEmpty()) {
            found.add(scenario + " is gone and left " + ids(mine));
        }
        if (mine.size() > 1 && scenario.role() == ScenarioRequest.Scenario.RETAINED && late(scenario) == 0) {
            found.add(scenario + " retains more than one: " + ids(mine));
        }
    }

    private void living(ScenarioRequest scenario, VolumeSnapshotRequest object, List<String> found) {
        var status = object.getStatus();
        var mine = mine(scenario);
        switch (scenario.role()) {
            case SPOILED -> endsBecause(scenario, object, "SnapshotFailed", found);
            case MISSING -> endsBecause(scenario, object, "SnapshotMissing", found);
            default -> {
                if (!HistoryRecorder.isReady(object)) {
                    found.add(scenario + " did not become ready: " + told(object));
                }
            }
        }
        if (scenario.role() == ScenarioRequest.Scenario.IMPORTED) {
            if (status == null || !scenario.imports().equals(status.snapshotId())) {
                found.add(scenario + " did not import " + scenario.imports() + ": " + told(object));
            }
        } else if (scenario.role() == ScenarioRequest.Scenario.MISSING) {
            if (mine.size() > late(scenario)) {
                found.add(scenario + " was made again: " + ids(mine));
            }
            if (status == null
                    || !status.duplicateSnapshotIds()
                            .equals(mine.stream().map(Snapshot::id).toList())) {
                found.add(scenario + " does not name what is left of it, " + ids(mine) + ": " + told(object));
            }
        } else {
            if (mine.size() != 1) {
                found.add(scenario + " has " + mine.size() + " living snapshots " + ids(mine) + ": " + told(object));
            } else if (status == null || !mine.get(0).id().equals(status.snapshotId())) {
                found.add(scenario + " records another than " + ids(mine) + ": " + told(object));
            } else if (scenario.role() == ScenarioRequest.Scenario.RENAMED
                    && !"renamed".equals(mine.get(0).name())) {
                found.add(scenario + " is named " + mine.get(0).name());
            }
        }
        if (status != null
                && !status.duplicateSnapshotIds().isEmpty()
                && scenario.role() != ScenarioRequest.Scenario.MISSING) {
            found.add(scenario + " still names a surplus: " + told(object));
        }
        if (!object.hasFinalizer(Api.FINALIZER)) {
            found.add(scenario + " has no finalizer, so its deletion would leave the snapshot: " + told(object));
        } else {
            scenario.hasFinalizerAgain();
        }
    }

    private static void endsBecause(
            ScenarioRequest scenario, VolumeSnapshotRequest object, String reason, List<String> found) {
        if (HistoryRecorder.condition(object, "Ready")
                .filter(condition -> "False".equals(condition.getStatus()) && reason.equals(condition.getReason()))
                .isEmpty()) {
            found.add(scenario + " does not say " + reason + ": " + told(object));
        }
    }

    /** What was ordered, and what was touched. */
    List<String> checkCallLog() {
        List<String> found = new ArrayList<>(testBed.witness().violations());
        for (var scenario : parts) {
            var acted = acted(scenario);
            var failed = acted.stream()
                    .filter(logged -> logged.faults().contains(Fault.SNAPSHOT_ENDS_IN_ERROR))
                    .count();
            var late = late(scenario);
            if (acted.size() > 1 + failed + late) {
                found.add(scenario + " was ordered " + acted.size() + " times, of which " + failed + " failed and "
                        + late + " arrived late: " + orders(acted));
            }
            var distinct =
                    acted.stream().map(InvariantChecker::order).distinct().count();
            if (distinct < acted.size()) {
                found.add(scenario + " had one order carried out twice: " + orders(acted));
            }
            for (var entry : acted) {
                if (testBed.witness().possibleFrom(order(entry)).isEmpty()) {
                    found.add(scenario + " was ordered without the intent being known to be written: "
                            + orders(List.of(entry)));
                }
            }
            var recorded = new HashSet<>(testBed.witness().recorded(scenario.uid()));
            if (scenario.role() != ScenarioRequest.Scenario.IMPORTED && recorded.size() > 1 + failed + late) {
                found.add(scenario + " recorded one after the other " + recorded);
            }
        }
        foreign(found);
        return found;
    }

    private void foreign(List<String> found) {
        Map<String, Snapshot> before = new HashMap<>();
        foreign.forEach(snapshot -> before.put(snapshot.id(), snapshot));
        for (var snapshot : foreign) {
            var now = testBed.cloud().snapshots().find(snapshot.id());
            if (now.isEmpty()
                    || !Objects.equals(now.get().name(), snapshot.name())
                    || !now.get().status().equals(snapshot.status())
                    || !now.get().metadata().equals(snapshot.metadata())) {
                found.add("the foreign snapshot " + snapshot + " is now " + now);
            }
        }
        testBed.cloud()
                .callLog()
                .calls(call -> TOUCHING.contains(call.operation())
                        && call.snapshotId().filter(before::containsKey).isPresent())
                .forEach(call -> found.add("a foreign snapshot was touched: " + call));
    }

    int lateOrders() {
        return parts.stream().mapToInt(scenario -> (int) late(scenario)).sum();
    }

    /** Creates that the cloud acted on later than {@code settle} after the operator could have sent them. */
    private long late(ScenarioRequest scenario) {
        return acted(scenario).stream().filter(this::isLate).count();
    }

    private boolean isLate(CallLogEntry entry) {
        return testBed.witness()
                .possibleFrom(order(entry))
                .filter(from -> Duration.between(from, entry.actedAt().orElse(entry.at()))
                                .compareTo(ScaledTimings.SETTLE_TIME)
                        >= 0)
                .isPresent();
    }

    private List<CallLogEntry> acted(ScenarioRequest scenario) {
        return testBed.cloud()
                .callLog()
                .calls(entry -> entry.operation() == Operation.CREATE
                        && entry.acted()
                        && scenario.uid().equals(entry.metadata().get(UID)));
    }

    private List<Snapshot> mine(ScenarioRequest scenario) {
        return testBed.cloud().snapshots().livingBy(UID).getOrDefault(scenario.uid(), List.of());
    }

    private static String order(CallLogEntry entry) {
        return entry.metadata().getOrDefault(CREATE_ID, "");
    }

    private String orders(List<CallLogEntry> entries) {
        return entries.stream()
                .map(entry -> order(entry) + " possible from "
                        + testBed.witness()
                                .possibleFrom(order(entry))
                                .map(from -> since(from))
                                .orElse("never")
                        + ", arrived " + since(entry.at()) + ", acted "
                        + entry.actedAt().map(this::since).orElse("never") + ", answered " + entry.status() + " "
                        + entry.faults())
                .collect(Collectors.joining("; "));
    }

    private String since(Instant when) {
        return Duration.between(startedAt, when).toMillis() + " ms";
    }

    private static String ids(List<Snapshot> snapshots) {
        return snapshots.stream()
                .map(snapshot -> snapshot.id() + " (" + snapshot.status() + ", order "
                        + snapshot.metadata().get(CREATE_ID) + ")")
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String told(VolumeSnapshotRequest object) {
        var status = object.getStatus();
        return status == null
                ? "no status"
                : "id " + status.snapshotId() + ", " + status.snapshotStatus() + ", "
                        + HistoryRecorder.condition(object, "Ready")
                                .map(Condition::getReason)
                                .orElse("no reason")
                        + ", surplus " + status.duplicateSnapshotIds() + ", attempts " + status.failedAttempts()
                        + ", finalizers "
                        + object.getMetadata().getFinalizers() + ", deleted at "
                        + object.getMetadata().getDeletionTimestamp();
    }
}
