/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One call that arrived. Never holds a password, a key, a token or a signature: bodies are kept of creates and updates
 * only, headers not at all.
 *
 * @param sequence counts the calls, from 1
 * @param at when it arrived, in simulated time
 * @param path with the query, as sent
 * @param volumeId the disk concerned, if one is
 * @param snapshotId the snapshot concerned, if one is and it is known
 * @param metadata what a create wanted to have on its snapshot
 * @param status the HTTP status; 0 if the caller got no answer
 * @param acted whether the cloud was changed by it
 * @param actedAt when, in simulated time
 * @param faults those that disturbed it
 * @param user who called; empty if unknown
 * @param body of creates and updates, as sent
 * @param requestId as answered
 */
public record CallLogEntry(
        long sequence,
        Instant at,
        Operation operation,
        String method,
        String path,
        Optional<String> volumeId,
        Optional<String> snapshotId,
        Map<String, String> metadata,
        int status,
        boolean acted,
        Optional<Instant> actedAt,
        List<Fault> faults,
        String user,
        Optional<String> body,
        String requestId) {

    public CallLogEntry {
        metadata = Map.copyOf(metadata);
        faults = List.copyOf(faults);
    }

    CallLogEntry numbered(long number) {
        return new CallLogEntry(
                number,
                at,
                operation,
                method,
                path,
                volumeId,
                snapshotId,
                metadata,
                status,
                acted,
                actedAt,
                faults,
                user,
                body,
                requestId);
    }

    /** The order was carried out after the call had been written down. */
    CallLogEntry actedLater(Instant when, Optional<String> snapshot) {
        return new CallLogEntry(
                sequence,
                at,
                operation,
                method,
                path,
                volumeId,
                snapshotId.or(() -> snapshot),
                metadata,
                status,
                true,
                Optional.of(when),
                faults,
                user,
                body,
                requestId);
    }
}
