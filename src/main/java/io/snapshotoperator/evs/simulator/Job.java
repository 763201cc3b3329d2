/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * The work that a call of the native family starts (EVS API reference: querying_task_status).
 *
 * @param volumeId the volume; empty until the job created it
 * @param endedAt empty while the job works
 * @param failure why the job failed; empty unless its status is {@code FAIL}
 */
public record Job(
        Origin origin, Status status, Optional<String> volumeId, Optional<Instant> endedAt, Optional<Failure> failure) {

    /** What does not change. */
    record Origin(String id, String projectId, Type type, Instant beganAt) {}

    public enum Type {
        CREATE_VOLUME,
        DELETE_VOLUME;

        /** Returns the word of the cloud, such as {@code createVolume}. */
        String word() {
            return name().substring(0, name().indexOf('_')).toLowerCase(Locale.ROOT) + "Volume";
        }
    }

    /** The words of the cloud. */
    public enum Status {
        INIT,
        RUNNING,
        SUCCESS,
        FAIL
    }

    /**
     * The reason of a failure. Which code a job shows is not documented, so the codes are guessed.
     *
     * @param code a code of EVS API reference: error_codes
     */
    public record Failure(String code, String reason) {

        static final Failure INTERNAL = new Failure("EVS.2002", "internal error!");
        static final Failure VOLUME_IN_ERROR = new Failure("EVS.2024", "volume is error!");
        static final Failure VOLUME_IN_ERROR_DELETING = new Failure("EVS.2020", "volume is error_deleting!");

        /** The message of the cloud, with its error of spelling. */
        static final Failure VOLUME_GONE =
                new Failure("EVS.5404", "Resource(Volume, Snapshot, Backup .etc) cound not be found.");
    }

    static Job submitted(String id, String projectId, Type type, Instant now) {
        return new Job(
                new Origin(id, projectId, type, now),
                Status.INIT,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public String id() {
        return origin.id();
    }

    public String projectId() {
        return origin.projectId();
    }

    public Type type() {
        return origin.type();
    }

    public Instant beganAt() {
        return origin.beganAt();
    }

    Job running() {
        return new Job(origin, Status.RUNNING, volumeId, endedAt, failure);
    }

    Job runningWith(String volume) {
        return new Job(origin, Status.RUNNING, Optional.of(volume), endedAt, failure);
    }

    Job succeeded(Instant now) {
        return new Job(origin, Status.SUCCESS, volumeId, Optional.of(now), Optional.empty());
    }

    Job failed(Instant now, Failure reason) {
        return new Job(origin, Status.FAIL, volumeId, Optional.of(now), Optional.of(reason));
    }
}
