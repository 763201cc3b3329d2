/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The promises about the snapshots of a request, as checks over plain values. The fault campaign, the scenario tests, the
 * demo and the model test share this definition. A check returns one sentence for each violation. An empty list means that
 * the promise holds.
 *
 * @param living all snapshots that exist in the cloud
 * @param creates all create requests that the cloud executed, with or without a response
 */
public record SnapshotInvariants(List<LivingSnapshot> living, List<ExecutedCreate> creates) {
    public static final String UID = "evs-snapshot-operator.uid";
    public static final String CREATE_ID = "evs-snapshot-operator.create-id";

    /** The keys of a complete ownership marker. */
    public static final Set<String> MARKER = Set.of(
            UID,
            CREATE_ID,
            "evs-snapshot-operator.installation",
            "evs-snapshot-operator.namespace",
            "evs-snapshot-operator.name");

    public SnapshotInvariants {
        living = List.copyOf(living);
        creates = List.copyOf(creates);
    }

    /**
     * A snapshot that exists in the cloud.
     *
     * @param name empty if it has none
     * @param status the word of the cloud
     */
    public record LivingSnapshot(String id, String name, String status, Map<String, String> metadata) {
        public LivingSnapshot {
            metadata = Map.copyOf(metadata);
        }

        /** The request that the ownership marker names; empty without a marker. */
        public Optional<String> uid() {
            return Optional.ofNullable(metadata.get(UID));
        }

        @Override
        public String toString() {
            return id + " (" + status + ", create id " + metadata.get(CREATE_ID) + ")";
        }
    }

    /**
     * A create request that the cloud executed.
     *
     * @param uid the request that the ownership marker names
     * @param failed whether its snapshot ended in {@code error}, so that a policy may replace it
     * @param late whether the cloud executed it at least the settle time after the operator could have sent it. No client
     *     can prevent the duplicate of such a create request
     */
    public record ExecutedCreate(String uid, String createId, boolean failed, boolean late) {}

    /**
     * A request as its object shows it, or as it was last shown.
     *
     * @param name appears in the sentences
     * @param recordedId {@code status.snapshotId}
     * @param recordedStatus {@code status.snapshotStatus}
     * @param ready whether the condition {@code Ready} is true
     * @param stalled whether the condition {@code Stalled} is true
     * @param duplicateIds {@code status.duplicateSnapshotIds}
     */
    public record RequestState(
            String name,
            String uid,
            Optional<String> recordedId,
            Optional<String> recordedStatus,
            boolean ready,
            boolean stalled,
            List<String> duplicateIds) {
        public RequestState {
            duplicateIds = List.copyOf(duplicateIds);
        }

        /** A request of which only the identity is known, such as one that is deleted. */
        public static RequestState withoutStatus(String name, String uid) {
            return new RequestState(name, uid, Optional.empty(), Optional.empty(), false, false, List.of());
        }
    }

    /** The living snapshots that carry the marker of this request. */
    public List<LivingSnapshot> livingOf(String uid) {
        return living.stream()
                .filter(snapshot -> snapshot.uid().filter(uid::equals).isPresent())
                .toList();
    }

    /** The executed create requests that carry the marker of this request. */
    public List<ExecutedCreate> createsOf(String uid) {
        return creates.stream().filter(create -> create.uid().equals(uid)).toList();
    }

    /** One living snapshot per request: the recorded one. */
    public List<String> oneLivingSnapshot(RequestState request) {
        var owned = livingOf(request.uid());
        if (owned.size() != 1) {
            return List.of(request.name() + " has " + owned.size() + " living snapshots, not one: " + owned);
        }
        return violation(
                !request.recordedId().equals(Optional.of(owned.get(0).id())),
                request.name() + " records " + request.recordedId().orElse("no id") + ", but its snapshot is "
                        + owned.get(0));
    }

    /** No snapshot of this request exists: it created nothing, or it was deleted together with its snapshot. */
    public List<String> noLivingSnapshot(RequestState request) {
        var owned = livingOf(request.uid());
        return violation(!owned.isEmpty(), request.name() + " must have no living snapshot, but has " + owned);
    }

    /**
     * An event names each snapshot that remains: by its id, or by the UID in its metadata.
     *
     * @param messages of the events of the request
     */
    public List<String> leftoversNamed(RequestState request, Collection<String> messages) {
        return livingOf(request.uid()).stream()
                .filter(snapshot -> messages.stream()
                        .noneMatch(message -> message.contains(snapshot.id()) || message.contains(request.uid())))
                .map(snapshot -> request.name() + " left " + snapshot + ", which no event names: " + messages)
                .toList();
    }

    /** A missing snapshot is never created again: only the duplicates of late create requests exist, and are listed. */
    public List<String> onlyLateDuplicates(RequestState request) {
        var owned = livingOf(request.uid());
        var late = count(request.uid(), ExecutedCreate::late);
        return join(
                violation(
                        owned.size() > late,
                        request.name() + " was created again: " + late + " create requests were late, but it has "
                                + owned),
                duplicatesListed(request));
    }

    /** The status lists each living snapshot that carries the marker and is not the recorded one, and no other. */
    public List<String> duplicatesListed(RequestState request) {
        var duplicates = livingOf(request.uid()).stream()
                .map(LivingSnapshot::id)
                .filter(id -> !request.recordedId().equals(Optional.of(id)))
                .collect(Collectors.toSet());
        return violation(
                !duplicates.equals(new HashSet<>(request.duplicateIds())),
                request.name() + " lists the duplicates " + request.duplicateIds() + ", but has " + duplicates);
    }

    /** A deleted request with the policy {@code Retain} keeps at most one snapshot, and the duplicates of late creates. */
    public List<String> retainsAtMostOne(RequestState request) {
        var owned = livingOf(request.uid());
        return violation(
                owned.size() > 1 + count(request.uid(), ExecutedCreate::late),
                request.name() + " retains more than one snapshot: " + owned);
    }

    /** Each snapshot that remains after a deletion carries the complete marker, so that {@code orphans} lists it. */
    public List<String> remainingAreMarked(RequestState request) {
        return livingOf(request.uid()).stream()
                .filter(snapshot -> !snapshot.metadata().keySet().containsAll(MARKER))
                .map(snapshot -> request.name() + " left " + snapshot + " without a complete marker: "
                        + snapshot.metadata().keySet())
                .toList();
    }

    /**
     * The cloud executed one create request, one more for each failed snapshot, and one more for each late create request.
     *
     * @param deliberate how many further ones the user demanded, by the annotation {@code retry-create}
     */
    public List<String> createdOnce(RequestState request, int deliberate) {
        var executed = createsOf(request.uid());
        var failed = count(request.uid(), ExecutedCreate::failed);
        var late = count(request.uid(), ExecutedCreate::late);
        return violation(
                executed.size() > 1 + failed + late + deliberate,
                request.name() + " has " + executed.size() + " executed create requests, of which " + failed
                        + " ended in error and " + late + " were late: " + executed);
    }

    /** The cloud executed no create request twice. */
    public List<String> noCreateExecutedTwice(RequestState request) {
        var executed = createsOf(request.uid());
        var distinct =
                executed.stream().map(ExecutedCreate::createId).distinct().count();
        return violation(
                distinct < executed.size(),
                request.name() + " has a create request that was executed twice: " + executed);
    }

    /**
     * The operator sends a create request only after it knows that the create intent is written.
     *
     * @param intentWritten whether the operator knows this of a create id
     */
    public List<String> createdOnlyAfterIntent(RequestState request, Predicate<String> intentWritten) {
        return createsOf(request.uid()).stream()
                .filter(create -> !intentWritten.test(create.createId()))
                .map(create -> request.name() + " has a create request without a confirmed create intent: " + create)
                .toList();
    }

    /**
     * A recorded id is replaced only if its snapshot failed, or a late create request made a duplicate.
     *
     * @param everRecorded all ids that {@code status.snapshotId} had
     */
    public List<String> recordsOneId(RequestState request, Set<String> everRecorded) {
        return violation(
                everRecorded.size()
                        > 1 + count(request.uid(), ExecutedCreate::failed) + count(request.uid(), ExecutedCreate::late),
                request.name() + " recorded several ids one after the other: " + everRecorded);
    }

    /**
     * Ready means {@code available} at the last observation.
     *
     * @param mayHaveBeenAvailable whether the last observation of the operator can have been {@code available}
     */
    public static List<String> readyOnlyWhenAvailable(RequestState request, boolean mayHaveBeenAvailable) {
        if (!request.ready()) {
            return List.of();
        }
        var violations = new ArrayList<String>();
        if (!request.recordedStatus().equals(Optional.of("available"))
                || request.recordedId().isEmpty()) {
            violations.add(request.name() + " is Ready, but its status records "
                    + request.recordedStatus().orElse("no state") + " and "
                    + request.recordedId().orElse("no id"));
        }
        if (!mayHaveBeenAvailable) {
            violations.add(request.name() + " is Ready, but its snapshot was not available yet");
        }
        if (request.stalled()) {
            violations.add(request.name() + " is Ready and Stalled");
        }
        return List.copyOf(violations);
    }

    /** The operator neither deletes nor changes a snapshot that it does not own. */
    public List<String> foreignUnchanged(Collection<LivingSnapshot> before) {
        return before.stream()
                .filter(snapshot -> !living.contains(snapshot))
                .map(snapshot -> "the foreign snapshot " + snapshot + " changed: now "
                        + living.stream()
                                .filter(other -> other.id().equals(snapshot.id()))
                                .toList())
                .toList();
    }

    /**
     * The operator sends no mutating call for a snapshot that it does not own.
     *
     * @param mutated the ids that the deletes and updates named
     */
    public static List<String> foreignNotCalled(Collection<LivingSnapshot> foreign, Collection<String> mutated) {
        return foreign.stream()
                .filter(snapshot -> mutated.contains(snapshot.id()))
                .map(snapshot -> "a mutating call named the foreign snapshot " + snapshot)
                .toList();
    }

    private int count(String uid, Predicate<ExecutedCreate> which) {
        return (int) createsOf(uid).stream().filter(which).count();
    }

    private static List<String> violation(boolean violated, String sentence) {
        return violated ? List.of(sentence) : List.of();
    }

    private static List<String> join(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
