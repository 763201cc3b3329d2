/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import io.fabric8.kubernetes.api.model.Condition;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.VolumeSnapshotRequest;
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
    private static final String ORDER = "evs-snapshot-operator.order";
    private static final Set<String> MARKER = Set.of(
            UID,
            ORDER,
            "evs-snapshot-operator.installation",
            "evs-snapshot-operator.namespace",
            "evs-snapshot-operator.name");
    private static final Set<Operation> TOUCHING =
            EnumSet.of(Operation.DELETE, Operation.UPDATE, Operation.METADATA_WRITE, Operation.METADATA_DELETE);

    private final TestBed site;
    private final List<ScenarioRequest> parts;
    private final List<Snapshot> foreign;
    private final Instant begun;

    /** @param begun when the first request was applied */
    InvariantChecker(TestBed site, List<ScenarioRequest> parts, List<Snapshot> foreign, Instant begun) {
        this.site = site;
        this.parts = parts;
        this.foreign = foreign;
        this.begun = begun;
    }

    /** One living snapshot for each living request, the right one, and every wait ended; what was deleted is gone. */
    List<String> ofTheLiving() {
        List<String> found = new ArrayList<>();
        var objects = site
                .kubernetes()
                .resources(VolumeSnapshotRequest.class)
                .inNamespace(site.namespace())
                .list()
                .getItems()
                .stream()
                .collect(Collectors.toMap(it -> it.getMetadata().getName(), Function.identity()));
        for (var part : parts) {
            var object = Optional.ofNullable(objects.get(part.name()));
            if (part.isDeleted()) {
                gone(part, object, found);
            } else if (object.isEmpty()) {
                found.add(part + " is gone though nobody deleted it");
            } else {
                living(part, object.get(), found);
            }
        }
        return found;
    }

    /** After everything was deleted. */
    List<String> ofTheDead() {
        return ofTheLiving();
    }

    private void gone(ScenarioRequest part, Optional<VolumeSnapshotRequest> object, List<String> found) {
        object.ifPresent(it -> found.add(part + " was deleted and is still there: " + told(it)));
        var mine = mine(part);
        for (var left : mine) {
            if (!left.metadata().keySet().containsAll(MARKER)) {
                found.add(part + " left " + left.id() + " which nothing names");
            }
        }
        var mayLeave = part.role() == ScenarioRequest.Scenario.RETAINED || part.isStripped() || late(part) > 0;
        if (!mine.isEmpty() && !mayLeave && object.isEmpty()) {
            found.add(part + " is gone and left " + ids(mine));
        }
        if (mine.size() > 1 && part.role() == ScenarioRequest.Scenario.RETAINED && late(part) == 0) {
            found.add(part + " retains more than one: " + ids(mine));
        }
    }

    private void living(ScenarioRequest part, VolumeSnapshotRequest object, List<String> found) {
        var status = object.getStatus();
        var mine = mine(part);
        switch (part.role()) {
            case SPOILED -> endsBecause(part, object, "CloudReportedError", found);
            case LOST -> endsBecause(part, object, "Lost", found);
            default -> {
                if (!HistoryRecorder.isReady(object)) {
                    found.add(part + " did not become ready: " + told(object));
                }
            }
        }
        if (part.role() == ScenarioRequest.Scenario.IMPORTED) {
            if (status == null || !part.imports().equals(status.snapshotId())) {
                found.add(part + " did not import " + part.imports() + ": " + told(object));
            }
        } else if (part.role() == ScenarioRequest.Scenario.LOST) {
            if (mine.size() > late(part)) {
                found.add(part + " was made again: " + ids(mine));
            }
            if (status == null
                    || !status.surplus().equals(mine.stream().map(Snapshot::id).toList())) {
                found.add(part + " does not name what is left of it, " + ids(mine) + ": " + told(object));
            }
        } else {
            if (mine.size() != 1) {
                found.add(part + " has " + mine.size() + " living snapshots " + ids(mine) + ": " + told(object));
            } else if (status == null || !mine.get(0).id().equals(status.snapshotId())) {
                found.add(part + " records another than " + ids(mine) + ": " + told(object));
            } else if (part.role() == ScenarioRequest.Scenario.RENAMED
                    && !"renamed".equals(mine.get(0).name())) {
                found.add(part + " is named " + mine.get(0).name());
            }
        }
        if (status != null && !status.surplus().isEmpty() && part.role() != ScenarioRequest.Scenario.LOST) {
            found.add(part + " still names a surplus: " + told(object));
        }
        if (!object.hasFinalizer(Api.FINALIZER)) {
            found.add(part + " has no finalizer, so its deletion would leave the snapshot: " + told(object));
        } else {
            part.hasFinalizerAgain();
        }
    }

    private static void endsBecause(
            ScenarioRequest part, VolumeSnapshotRequest object, String reason, List<String> found) {
        if (HistoryRecorder.condition(object, "Ready")
                .filter(it -> "False".equals(it.getStatus()) && reason.equals(it.getReason()))
                .isEmpty()) {
            found.add(part + " does not say " + reason + ": " + told(object));
        }
    }

    /** What was ordered, and what was touched. */
    List<String> ofTheLedger() {
        List<String> found = new ArrayList<>(site.witness().violations());
        for (var part : parts) {
            var acted = acted(part);
            var failed = acted.stream()
                    .filter(it -> it.faults().contains(Fault.SNAPSHOT_ENDS_IN_ERROR))
                    .count();
            var late = late(part);
            if (acted.size() > 1 + failed + late) {
                found.add(part + " was ordered " + acted.size() + " times, of which " + failed + " failed and " + late
                        + " arrived late: " + orders(acted));
            }
            var distinct =
                    acted.stream().map(InvariantChecker::order).distinct().count();
            if (distinct < acted.size()) {
                found.add(part + " had one order carried out twice: " + orders(acted));
            }
            for (var entry : acted) {
                if (site.witness().possibleFrom(order(entry)).isEmpty()) {
                    found.add(part + " was ordered without the intent being known to be written: "
                            + orders(List.of(entry)));
                }
            }
            var recorded = new HashSet<>(site.witness().recorded(part.uid()));
            if (part.role() != ScenarioRequest.Scenario.IMPORTED && recorded.size() > 1 + failed + late) {
                found.add(part + " recorded one after the other " + recorded);
            }
        }
        foreign(found);
        return found;
    }

    private void foreign(List<String> found) {
        Map<String, Snapshot> before = new HashMap<>();
        foreign.forEach(it -> before.put(it.id(), it));
        for (var it : foreign) {
            var now = site.cloud().snapshots().find(it.id());
            if (now.isEmpty()
                    || !Objects.equals(now.get().name(), it.name())
                    || !now.get().status().equals(it.status())
                    || !now.get().metadata().equals(it.metadata())) {
                found.add("the foreign snapshot " + it + " is now " + now);
            }
        }
        site.cloud()
                .ledger()
                .calls(call -> TOUCHING.contains(call.operation())
                        && call.snapshotId().filter(before::containsKey).isPresent())
                .forEach(call -> found.add("a foreign snapshot was touched: " + call));
    }

    int lateOrders() {
        return parts.stream().mapToInt(part -> (int) late(part)).sum();
    }

    /** Creates that the cloud acted on later than {@code settle} after the operator could have sent them. */
    private long late(ScenarioRequest part) {
        return acted(part).stream().filter(this::isLate).count();
    }

    private boolean isLate(CallLogEntry entry) {
        return site.witness()
                .possibleFrom(order(entry))
                .filter(from -> Duration.between(from, entry.actedAt().orElse(entry.at()))
                                .compareTo(ScaledTimings.SETTLE)
                        >= 0)
                .isPresent();
    }

    private List<CallLogEntry> acted(ScenarioRequest part) {
        return site.cloud()
                .ledger()
                .calls(it -> it.operation() == Operation.CREATE
                        && it.acted()
                        && part.uid().equals(it.metadata().get(UID)));
    }

    private List<Snapshot> mine(ScenarioRequest part) {
        return site.cloud().snapshots().livingBy(UID).getOrDefault(part.uid(), List.of());
    }

    private static String order(CallLogEntry entry) {
        return entry.metadata().getOrDefault(ORDER, "");
    }

    private String orders(List<CallLogEntry> entries) {
        return entries.stream()
                .map(it -> order(it) + " possible from "
                        + site.witness()
                                .possibleFrom(order(it))
                                .map(from -> since(from))
                                .orElse("never")
                        + ", arrived " + since(it.at()) + ", acted "
                        + it.actedAt().map(this::since).orElse("never") + ", answered " + it.status() + " "
                        + it.faults())
                .collect(Collectors.joining("; "));
    }

    private String since(Instant when) {
        return Duration.between(begun, when).toMillis() + " ms";
    }

    private static String ids(List<Snapshot> snapshots) {
        return snapshots.stream()
                .map(it -> it.id() + " (" + it.status() + ", order "
                        + it.metadata().get(ORDER) + ")")
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
                        + ", surplus " + status.surplus() + ", attempts " + status.attempts() + ", finalizers "
                        + object.getMetadata().getFinalizers() + ", deleted at "
                        + object.getMetadata().getDeletionTimestamp();
    }
}
