/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Creates and deletes volumes over time, with the jobs of the native family. Not thread-safe; the owner holds a lock and
 * checked the call.
 *
 * <p>A job creates its volume some time after the response (EVS API reference: querying_task_status shows a running job
 * with the id of its volume). Until then neither lists nor calls by id show the volume. Cinder creates it at once.
 */
final class VolumeLifecycle {

    private final EventQueue events;
    private final SimulatorSettings.Timing timing;
    private final VolumeStore volumes;
    private final SnapshotStore snapshots;
    private final JobStore jobs;
    private long sequence;

    VolumeLifecycle(
            EventQueue events,
            SimulatorSettings.Timing timing,
            VolumeStore volumes,
            SnapshotStore snapshots,
            JobStore jobs) {
        this.events = events;
        this.timing = timing;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.jobs = jobs;
    }

    /**
     * What an accepted call started.
     *
     * @param volume empty if the call creates none
     * @param jobId empty in the Cinder family
     */
    record Accepted(Optional<Volume> volume, Optional<String> jobId) {}

    Accepted create(
            String projectId,
            CreateVolumeBody body,
            VolumeCreationRules.Plan plan,
            Family family,
            VolumeOutcome outcome) {
        if (family == Family.CINDER) {
            var volume = put(projectId, body, plan, outcome.creation(), Duration.ZERO);
            events.schedule(
                    timing.volumeTakes(),
                    now -> end(volume.id(), outcome.creation().end(), now));
            return new Accepted(Optional.of(volume), Optional.empty());
        }
        var job = submit(projectId, Job.Type.CREATE_VOLUME, outcome.jobIsKept());
        var appears = timing.volumeAppearsAfter();
        var takes = appears.compareTo(timing.volumeTakes()) > 0 ? appears : timing.volumeTakes();
        if (!outcome.createsVolume()) {
            after(appears, job, Job::running);
            events.schedule(takes, now -> jobs.change(job, stored -> stored.failed(now, outcome.failure())));
            return new Accepted(Optional.empty(), Optional.of(job));
        }
        var volume = put(projectId, body, plan, outcome.creation(), appears);
        after(appears, job, stored -> stored.runningWith(volume.id()));
        events.schedule(takes, now -> {
            end(volume.id(), outcome.creation().end(), now);
            jobs.change(job, stored -> ended(stored, volumes.find(volume.id()), outcome.failure(), now));
        });
        return new Accepted(Optional.of(volume), Optional.of(job));
    }

    /**
     * Deletes the snapshots of the volume at once and the volume after some time (user manual:
     * deleting_an_evs_snapshot).
     *
     * @param jobIsKept whether the cloud knows the id of the job
     */
    Accepted delete(Volume volume, Family family, DeleteOutcome outcome, boolean jobIsKept) {
        var now = events.runDue();
        var deleting = volume.withStatus("deleting", now);
        volumes.put(deleting);
        removeSnapshotsOf(volume.id());
        var job = family == Family.NATIVE
                ? Optional.of(submit(volume.projectId(), Job.Type.DELETE_VOLUME, jobIsKept))
                : Optional.<String>empty();
        job.ifPresent(id -> jobs.change(id, stored -> stored.runningWith(volume.id())));
        events.schedule(timing.deletionTakes(), later -> {
            endDeletion(volume.id(), outcome, later);
            job.ifPresent(id -> jobs.change(id, stored -> deleted(stored, outcome, later)));
        });
        return new Accepted(Optional.of(deleting), job);
    }

    /** Removes a volume and its snapshots at once. */
    void remove(String id) {
        volumes.remove(id);
        removeSnapshotsOf(id);
    }

    private void removeSnapshotsOf(String volumeId) {
        snapshots.ofVolume(volumeId).stream().map(Snapshot::id).toList().forEach(snapshots::remove);
    }

    private Volume put(
            String projectId,
            CreateVolumeBody body,
            VolumeCreationRules.Plan plan,
            CreateOutcome outcome,
            Duration appearsAfter) {
        var at = events.runDue().plus(appearsAfter);
        var creation = new Volume.Creation(
                at,
                ++sequence,
                body.snapshotId(),
                body.description(),
                body.multiattach(),
                body.tags(),
                at.plus(outcome.listedAfter()),
                at.plus(outcome.readableAfter()));
        var volume = new Volume(
                UUID.randomUUID().toString(),
                projectId,
                body.name(),
                "creating",
                plan.sizeGib(),
                plan.availabilityZone(),
                plan.volumeType(),
                Optional.empty(),
                creation,
                outcome.keepsMetadata() ? body.metadata() : Map.of(),
                null);
        volumes.put(volume);
        return volume;
    }

    private void end(String id, CreateOutcome.End end, Instant now) {
        switch (end) {
            case AVAILABLE -> changeFrom("creating", id, volume -> volume.withStatus("available", now));
            case ERROR -> changeFrom("creating", id, volume -> volume.withStatus("error", now));
            case NEVER -> {}
        }
    }

    private void endDeletion(String id, DeleteOutcome outcome, Instant now) {
        switch (outcome) {
            case GONE ->
                volumes.find(id)
                        .filter(volume -> "deleting".equals(volume.status()))
                        .ifPresent(volume -> volumes.remove(id));
            case ERROR_DELETING -> changeFrom("deleting", id, volume -> volume.withStatus("error_deleting", now));
            case BACK_TO_AVAILABLE -> changeFrom("deleting", id, volume -> volume.withStatus("available", now));
        }
    }

    /** Drops the change if a test set another status in between. */
    private void changeFrom(String status, String id, UnaryOperator<Volume> change) {
        volumes.change(id, volume -> status.equals(volume.status()) ? change.apply(volume) : volume);
    }

    private static Job ended(Job job, Optional<Volume> volume, Job.Failure failure, Instant now) {
        if (volume.isEmpty()) {
            return job.failed(now, Job.Failure.VOLUME_GONE);
        }
        return switch (volume.get().status()) {
            case "creating" -> job;
            case "error" -> job.failed(now, failure);
            default -> job.succeeded(now);
        };
    }

    private static Job deleted(Job job, DeleteOutcome outcome, Instant now) {
        return switch (outcome) {
            case GONE -> job.succeeded(now);
            case ERROR_DELETING -> job.failed(now, Job.Failure.VOLUME_IN_ERROR_DELETING);
            case BACK_TO_AVAILABLE -> job.failed(now, Job.Failure.INTERNAL);
        };
    }

    /** Returns the id of a new job: 32 hexadecimal characters, as in the examples of querying_task_status. */
    private String submit(String projectId, Job.Type type, boolean isKept) {
        var id = UUID.randomUUID().toString().replace("-", "");
        if (isKept) {
            jobs.put(Job.submitted(id, projectId, type, events.runDue()));
        }
        return id;
    }

    private void after(Duration delay, String job, UnaryOperator<Job> change) {
        if (delay.isZero()) {
            jobs.change(job, change);
        } else {
            events.schedule(delay, now -> jobs.change(job, change));
        }
    }
}
