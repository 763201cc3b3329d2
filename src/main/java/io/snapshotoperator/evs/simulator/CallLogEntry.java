/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One call that arrived. An entry never holds a password, a key, a token or a signature: it has no headers, and it has
 * a body only for create and update requests.
 *
 * @param sequence counts the calls from 1
 * @param faults the faults that affected the call
 */
public record CallLogEntry(long sequence, Received received, Result result, List<Fault> faults) {

    public CallLogEntry {
        faults = List.copyOf(faults);
    }

    /**
     * What arrived.
     *
     * @param at the instant of arrival, in simulated time
     * @param path with the query, as sent
     * @param metadata the metadata that a create request names
     * @param body of create and update requests, as sent
     * @param user the caller; empty if unknown
     * @param requestId the id that the response carries
     */
    record Received(
            Instant at,
            Operation operation,
            String method,
            String path,
            Map<String, String> metadata,
            Optional<String> body,
            String user,
            String requestId) {

        Received {
            metadata = Map.copyOf(metadata);
        }
    }

    /**
     * What the call did.
     *
     * @param volumeId the volume of the call, or the one that it created; empty if none or unknown
     * @param snapshotId the snapshot of the call; for the creation of a volume, its source; empty if none or unknown
     * @param jobId the job that the call started or read; empty if none or unknown
     * @param status the HTTP status; 0 if the caller got no response
     * @param actedAt when the call changed the cloud, in simulated time; empty if it changed nothing
     */
    record Result(
            Optional<String> volumeId,
            Optional<String> snapshotId,
            Optional<String> jobId,
            int status,
            Optional<Instant> actedAt) {}

    public Instant at() {
        return received.at();
    }

    public Operation operation() {
        return received.operation();
    }

    public String method() {
        return received.method();
    }

    public String path() {
        return received.path();
    }

    public Map<String, String> metadata() {
        return received.metadata();
    }

    public Optional<String> body() {
        return received.body();
    }

    public String user() {
        return received.user();
    }

    public String requestId() {
        return received.requestId();
    }

    public Optional<String> volumeId() {
        return result.volumeId();
    }

    public Optional<String> snapshotId() {
        return result.snapshotId();
    }

    public Optional<String> jobId() {
        return result.jobId();
    }

    /** Returns the HTTP status, or 0 if the caller got no response. */
    public int status() {
        return result.status();
    }

    /** Returns whether the call changed the cloud. */
    public boolean acted() {
        return result.actedAt().isPresent();
    }

    /** Returns when the call changed the cloud, in simulated time; empty if it changed nothing. */
    public Optional<Instant> actedAt() {
        return result.actedAt();
    }

    CallLogEntry withSequence(long number) {
        return new CallLogEntry(number, received, result, faults);
    }

    /** Returns the entry of a call that changed the cloud after the entry was written. */
    CallLogEntry actedLater(Instant when, SimulatedResponse.Subject subject) {
        var after = new Result(
                result.volumeId().or(() -> Optional.ofNullable(subject.volumeId())),
                result.snapshotId().or(() -> Optional.ofNullable(subject.snapshotId())),
                result.jobId().or(() -> Optional.ofNullable(subject.jobId())),
                result.status(),
                Optional.of(when));
        return new CallLogEntry(sequence, received, after, faults);
    }
}
