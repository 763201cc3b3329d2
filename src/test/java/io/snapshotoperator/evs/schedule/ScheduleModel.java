/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.retention.Candidate;
import io.snapshotoperator.evs.retention.Candidate.State;
import io.snapshotoperator.evs.retention.CandidateBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A cluster and a cloud in memory with one schedule. The rules decide; this class does what they say, as a controller would: it
 * creates children under their names, deletes them, and records the status. It can stop before the status is written.
 */
final class ScheduleModel {
    static final ObjectIdentity IDENTITY = new ObjectIdentity("0f7c1b9e-uid", "shop", "nightly");
    private static final Duration SNAPSHOT_TAKES = Duration.ofMinutes(3);

    /** What the API server has under a name. */
    record Living(Child child, Instant createdAt) {}

    final Map<String, Living> children = new TreeMap<>();

    /** Every name that was ever created, with the number of times. */
    final Map<String, Integer> created = new HashMap<>();

    /** The slots of all children that were ever created, by their source. */
    final Map<String, List<Instant>> createdSlots = new HashMap<>();

    final Map<String, ScheduleSource> sources = new TreeMap<>();
    final Set<String> failing = new HashSet<>();
    final List<Child> deleted = new ArrayList<>();
    final List<String> skipped = new ArrayList<>();
    Optional<String> obstacle = Optional.empty();
    DesiredSchedule desired;
    Instant now;
    ScheduleDecision last;

    private RecordedSchedule recorded;

    ScheduleModel(DesiredSchedule desired, Instant createdAt) {
        this.desired = desired;
        this.now = createdAt;
        this.recorded = new RecordedSchedule(
                IDENTITY,
                createdAt,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Map.of(),
                Map.of());
    }

    void addClaims(int count) {
        for (var number = 0; number < count; number++) {
            var claim = "data-" + number;
            sources.put(claim, ScheduleSource.ofClaim(claim));
        }
    }

    /** Reconciles at least every ten minutes until then, and whenever the rules ask for it. */
    void runUntil(Instant end) {
        while (now.isBefore(end)) {
            reconcile();
            var wake = last.wakeAt().filter(at -> at.isAfter(now)).orElse(end);
            var step = now.plus(Duration.ofMinutes(10));
            now = wake.isBefore(step) ? wake : step;
        }
        now = end;
    }

    void reconcile() {
        decide();
        act(last, decision -> true);
        record(last);
    }

    /** A process that ends after some of its creates and before it writes the status. */
    void crashAfterCreates(int count) {
        decide();
        var remaining = new int[] {count};
        act(last, child -> remaining[0]-- > 0);
    }

    /** A process that decides now and acts later, such as one that no longer leads. */
    Runnable decideNowAndActLater() {
        decide();
        var decision = last;
        return () -> act(decision, child -> true);
    }

    private void decide() {
        advanceCloud();
        last = ScheduleRules.decide(new ScheduleInput(
                desired,
                recorded,
                List.copyOf(sources.values()),
                children.values().stream().map(Living::child).toList(),
                obstacle,
                now));
    }

    private void act(ScheduleDecision decision, Predicate<ScheduleDecision.NewChild> survives) {
        for (var create : decision.creates()) {
            if (survives.test(create)) {
                create(create);
            }
        }
        decision.deletes().forEach(child -> {
            if (children.remove(child.candidate().id()) != null) {
                deleted.add(child);
            }
        });
    }

    /** The API server rejects a second object with the same name. */
    private void create(ScheduleDecision.NewChild child) {
        if (!children.containsKey(child.name())) {
            created.merge(child.name(), 1, Integer::sum);
            createdSlots
                    .computeIfAbsent(child.source().key(), key -> new ArrayList<>())
                    .add(child.slot());
            var candidate = new Candidate(child.name(), child.slot(), "v-1", State.IN_FLIGHT, false, false);
            children.put(
                    child.name(),
                    new Living(
                            new Child(
                                    candidate,
                                    "uid-" + child.name(),
                                    child.source().key(),
                                    true,
                                    false,
                                    false,
                                    false),
                            now));
        }
    }

    private void record(ScheduleDecision decision) {
        decision.skipped()
                .forEach((source, why) -> skipped.add(decision.lastSlot().orElseThrow() + " " + source + ": " + why));
        var slots = new HashMap<String, Instant>();
        var problems = new HashMap<String, String>();
        var since = new HashMap<String, Instant>();
        decision.sources().forEach(source -> {
            since.put(source.key(), source.since());
            source.problem().ifPresent(problem -> problems.put(source.key(), problem));
            source.lastSlot().ifPresent(slot -> slots.put(source.key(), slot));
        });
        recorded = new RecordedSchedule(
                IDENTITY,
                recorded.createdAt(),
                Optional.of(desired.ruleText()),
                Optional.of(decision.ruleSince()),
                Optional.of(desired.retentionText()),
                Optional.of(decision.retentionSince()),
                decision.lastSlot(),
                slots,
                problems,
                since);
    }

    private void advanceCloud() {
        children.replaceAll((name, living) -> {
            var candidate = living.child().candidate();
            if (candidate.state() != State.IN_FLIGHT
                    || living.createdAt().plus(SNAPSHOT_TAKES).isAfter(now)) {
                return living;
            }
            return with(living, failing.contains(living.child().source()) ? State.FAILED : State.READY);
        });
    }

    static Living with(Living living, State state) {
        return with(
                living,
                CandidateBuilder.builder(living.child().candidate())
                        .state(state)
                        .build());
    }

    /** As if a user had set the annotation hold. */
    static Living held(Living living) {
        return with(
                living,
                CandidateBuilder.builder(living.child().candidate()).held(true).build());
    }

    /** As if the cloud had rejected its create request, because snapshots of others use up the limit. */
    static Living rejectedAsFull(Living living) {
        var failed = with(living, State.FAILED).child();
        return new Living(
                new Child(failed.candidate(), failed.uid(), failed.source(), false, true, true, false),
                living.createdAt());
    }

    /** As if the credentials were wrong when its create request was sent. */
    static Living retried(Living living) {
        var failed = with(living, State.FAILED).child();
        return new Living(
                new Child(failed.candidate(), failed.uid(), failed.source(), false, false, true, false),
                living.createdAt());
    }

    /** As if the cloud had deleted its snapshot. */
    static Living missing(Living living) {
        var child = living.child();
        return new Living(
                new Child(child.candidate(), child.uid(), child.source(), false, false, false, true),
                living.createdAt());
    }

    private static Living with(Living living, Candidate candidate) {
        return new Living(
                new Child(
                        candidate,
                        living.child().uid(),
                        living.child().source(),
                        living.child().hasSnapshot(),
                        living.child().rejectedAsFull(),
                        living.child().retried(),
                        living.child().missing()),
                living.createdAt());
    }

    List<Instant> slotsOf(String source) {
        return children.values().stream()
                .map(Living::child)
                .filter(child -> child.source().equals(source))
                .map(child -> child.candidate().slot())
                .sorted()
                .toList();
    }
}
