/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The promises about the volumes of a restore, as checks over plain values. The fault campaign and the scenario tests share this
 * definition. A check returns one sentence for each violation. An empty list means that the promise holds.
 *
 * @param living all volumes that exist in the cloud
 * @param creates all create requests for volumes that the cloud executed, with or without a response
 */
public record RestoreInvariants(List<LivingVolume> living, List<ExecutedCreate> creates) {

    /** The words of the cloud for a volume that can be used. */
    private static final Set<String> USABLE = Set.of("available", "in-use");

    public RestoreInvariants {
        living = List.copyOf(living);
        creates = List.copyOf(creates);
    }

    /**
     * A volume that exists in the cloud.
     *
     * @param status the word of the cloud
     */
    public record LivingVolume(String id, String status, Map<String, String> metadata) {
        public LivingVolume {
            metadata = Map.copyOf(metadata);
        }

        /** The create id in its ownership marker; empty without a marker. */
        public Optional<String> createId() {
            return Optional.ofNullable(metadata.get(SnapshotInvariants.CREATE_ID));
        }

        boolean isOf(String uid) {
            return uid.equals(metadata.get(SnapshotInvariants.UID));
        }

        @Override
        public String toString() {
            return id + " (" + status + ", create id " + createId().orElse("none") + ")";
        }
    }

    /**
     * A create request that the cloud executed.
     *
     * @param uid the restore that the ownership marker names
     * @param jobId empty if the API family has no jobs
     * @param failed whether its job fails
     * @param late whether the cloud executed it at least the settle time after the operator could have sent it. No client can
     *     prevent the duplicate of such a create request
     */
    public record ExecutedCreate(String uid, String createId, Optional<String> jobId, boolean failed, boolean late) {}

    /**
     * A restore as its object shows it, or as it was last shown.
     *
     * @param name appears in the sentences
     * @param reason of the condition {@code Ready}; empty if it has none
     */
    public record RestoreState(
            String name,
            String uid,
            Optional<String> volumeId,
            Optional<String> volumeStatus,
            Optional<String> jobId,
            Optional<String> reason,
            boolean ready,
            boolean stalled,
            List<String> duplicateIds) {
        public RestoreState {
            duplicateIds = List.copyOf(duplicateIds);
        }

        /** A restore of which only the identity is known. */
        public static RestoreState withoutStatus(String name, String uid) {
            return new RestoreState(
                    name,
                    uid,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    false,
                    List.of());
        }
    }

    /**
     * The time in which the cloud needs a snapshot, because it copies it to a volume.
     *
     * @param name of the restore, for the sentences
     * @param until the end of the job
     */
    public record Copying(String name, String snapshotId, Instant from, Instant until) {}

    /** A delete request for a snapshot that the cloud executed. */
    public record SnapshotDelete(String snapshotId, Instant at) {}

    public List<LivingVolume> livingOf(String uid) {
        return living.stream().filter(volume -> volume.isOf(uid)).toList();
    }

    public List<ExecutedCreate> createsOf(String uid) {
        return creates.stream().filter(create -> create.uid().equals(uid)).toList();
    }

    /** A finished restore has one living volume: the recorded one, which carries its marker. */
    public List<String> oneLivingVolume(RestoreState restore) {
        var owned = livingOf(restore.uid());
        if (owned.size() != 1) {
            return List.of(restore.name() + " has " + owned.size() + " living volumes, not one: " + owned);
        }
        return violation(
                !restore.volumeId().equals(Optional.of(owned.get(0).id())),
                restore.name() + " records " + restore.volumeId().orElse("no volume") + ", but its volume is "
                        + owned.get(0));
    }

    /** A failed restore has at most one living volume, which its status names. */
    public List<String> leftoverRecorded(RestoreState restore) {
        return livingOf(restore.uid()).isEmpty() ? List.of() : oneLivingVolume(restore);
    }

    /** No volume of this restore exists: it created nothing, or it was deleted together with its volume. */
    public List<String> noLivingVolume(RestoreState restore) {
        var owned = livingOf(restore.uid());
        return violation(!owned.isEmpty(), restore.name() + " must have no living volume, but has " + owned);
    }

    /** A deleted restore with the policy {@code Retain} keeps at most one volume, and the duplicates of late creates. */
    public List<String> retainsAtMostOne(RestoreState restore) {
        var owned = livingOf(restore.uid());
        return violation(
                owned.size() > 1 + count(restore.uid(), ExecutedCreate::late),
                restore.name() + " retains more than one volume: " + owned);
    }

    /**
     * Status or an event names each volume that remains: by its id, by its job, or by the UID in its metadata.
     *
     * @param last the restore as it was last shown
     * @param messages of its events
     */
    public List<String> leftoversNamed(RestoreState last, Collection<String> messages) {
        return livingOf(last.uid()).stream()
                .filter(volume -> !isNamed(last, messages, volume))
                .map(volume ->
                        last.name() + " left " + volume + ", which neither its status nor an event names: " + messages)
                .toList();
    }

    private boolean isNamed(RestoreState last, Collection<String> messages, LivingVolume volume) {
        var job = createsOf(last.uid()).stream()
                .filter(create -> volume.createId().equals(Optional.of(create.createId())))
                .flatMap(create -> create.jobId().stream())
                .findFirst();
        return last.volumeId().equals(Optional.of(volume.id()))
                || last.duplicateIds().contains(volume.id())
                || job.isPresent() && job.equals(last.jobId())
                || messages.stream()
                        .anyMatch(message -> message.contains(volume.id())
                                || message.contains(last.uid())
                                || job.filter(message::contains).isPresent());
    }

    /** Each volume that remains after a deletion carries the complete marker, by which an administrator finds it. */
    public List<String> remainingAreMarked(RestoreState restore) {
        return livingOf(restore.uid()).stream()
                .filter(volume -> !volume.metadata().keySet().containsAll(SnapshotInvariants.MARKER))
                .map(volume -> restore.name() + " left " + volume + " without a complete marker: "
                        + volume.metadata().keySet())
                .toList();
    }

    /**
     * The cloud executed one create request, and one more for each late one and for each that failed without the knowledge of the
     * operator. Such a create request leaves nothing that a search can find.
     *
     * @param failureKnown whether the operator knows the failure of the job of a create id
     */
    public List<String> createdOnce(RestoreState restore, Predicate<String> failureKnown) {
        var executed = createsOf(restore.uid());
        var late = count(restore.uid(), ExecutedCreate::late);
        var failed = count(restore.uid(), create -> create.failed() && !failureKnown.test(create.createId()));
        return violation(
                executed.size() > 1 + late + failed,
                restore.name() + " has " + executed.size() + " executed create requests, of which " + late
                        + " were late: " + executed);
    }

    /** The cloud executed no create request twice. */
    public List<String> noCreateExecutedTwice(RestoreState restore) {
        var executed = createsOf(restore.uid());
        var distinct =
                executed.stream().map(ExecutedCreate::createId).distinct().count();
        return violation(
                distinct < executed.size(),
                restore.name() + " has a create request that was executed twice: " + executed);
    }

    /**
     * The operator sends a create request only after it knows that the create intent is written.
     *
     * @param intentWritten whether the operator knows this of a create id
     */
    public List<String> createdOnlyAfterIntent(RestoreState restore, Predicate<String> intentWritten) {
        return createsOf(restore.uid()).stream()
                .filter(create -> !intentWritten.test(create.createId()))
                .map(create -> restore.name() + " has a create request without a confirmed create intent: " + create)
                .toList();
    }

    /**
     * Ready means that the volume can be used, at the last observation.
     *
     * @param mayHaveBeenUsable whether the last observation of the operator can have been that
     */
    public static List<String> readyOnlyWhenUsable(RestoreState restore, boolean mayHaveBeenUsable) {
        if (!restore.ready()) {
            return List.of();
        }
        var records = restore.volumeId().isPresent()
                && restore.volumeStatus().filter(USABLE::contains).isPresent();
        return violation(
                !records || !mayHaveBeenUsable || restore.stalled(),
                restore.name() + " is Ready, but records " + restore.volumeId().orElse("no volume") + " in "
                        + restore.volumeStatus().orElse("no status")
                        + (mayHaveBeenUsable ? "" : ", which could not be used yet")
                        + (restore.stalled() ? ", and is Stalled" : ""));
    }

    /** The operator neither deletes nor changes a volume that it did not create. */
    public List<String> foreignUnchanged(Collection<LivingVolume> before) {
        return before.stream()
                .filter(volume -> !living.contains(volume))
                .map(volume -> "the foreign volume " + volume + " changed")
                .toList();
    }

    /**
     * The operator sends no delete request for a volume that it did not create.
     *
     * @param ofOperator whether the operator created the volume with this id
     */
    public static List<String> foreignNotCalled(Collection<String> deleted, Predicate<String> ofOperator) {
        return deleted.stream()
                .filter(id -> !ofOperator.test(id))
                .map(id -> "a delete request named the foreign volume " + id)
                .toList();
    }

    /** No snapshot is deleted while the cloud copies it. */
    public static List<String> sourceKept(Collection<Copying> copies, Collection<SnapshotDelete> deletes) {
        return copies.stream()
                .filter(copy -> deletes.stream()
                        .anyMatch(delete -> delete.snapshotId().equals(copy.snapshotId())
                                && delete.at().isAfter(copy.from())
                                && delete.at().isBefore(copy.until())))
                .map(copy -> "the snapshot " + copy.snapshotId() + " was deleted while " + copy.name()
                        + " was being restored from it: " + copy + " " + deletes)
                .toList();
    }

    private int count(String uid, Predicate<ExecutedCreate> which) {
        return (int) createsOf(uid).stream().filter(which).count();
    }

    private static List<String> violation(boolean violated, String sentence) {
        return violated ? List.of(sentence) : List.of();
    }
}
