/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A response of the cloud.
 *
 * @param json null: the body is {@code text}
 * @param text the body if there is no JSON; empty: no body
 * @param acted whether the call changed the cloud
 * @param subject what the call is about
 */
record SimulatedResponse(
        int status,
        Map<String, String> headers,
        JsonNode json,
        String text,
        String contentType,
        boolean acted,
        Subject subject) {

    /**
     * The objects of a call. Each is null if there is none or if there are several.
     *
     * @param jobId the job that the call started or read
     */
    record Subject(String volumeId, String snapshotId, String jobId) {

        private static final Subject NONE = new Subject(null, null, null);
    }

    static SimulatedResponse json(int status, JsonNode body) {
        return new SimulatedResponse(status, Map.of(), body, "", "application/json", false, Subject.NONE);
    }

    static SimulatedResponse empty(int status) {
        return text(status, "application/json", "");
    }

    static SimulatedResponse text(int status, String contentType, String body) {
        return new SimulatedResponse(status, Map.of(), null, body, contentType, false, Subject.NONE);
    }

    SimulatedResponse withHeader(String name, String value) {
        var all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return new SimulatedResponse(status, all, json, text, contentType, acted, subject);
    }

    SimulatedResponse withHeaders(Map<String, String> more) {
        var response = this;
        for (var header : more.entrySet()) {
            response = response.withHeader(header.getKey(), header.getValue());
        }
        return response;
    }

    /** Returns the response of a call that changed the cloud. */
    SimulatedResponse withActed() {
        return new SimulatedResponse(status, headers, json, text, contentType, true, subject);
    }

    SimulatedResponse about(String volume, String snapshot) {
        return about(new Subject(volume, snapshot, subject.jobId()));
    }

    SimulatedResponse withJob(String id) {
        return about(new Subject(subject.volumeId(), subject.snapshotId(), id));
    }

    SimulatedResponse about(Snapshot snapshot) {
        return about(snapshot.volumeId(), snapshot.id());
    }

    /** Returns the other response with the effects of this one. */
    SimulatedResponse replacedBy(SimulatedResponse other) {
        return new SimulatedResponse(
                other.status, other.headers, other.json, other.text, other.contentType, acted, subject);
    }

    private SimulatedResponse about(Subject other) {
        return new SimulatedResponse(status, headers, json, text, contentType, acted, other);
    }

    /** Returns the encoded body. */
    byte[] bytes() {
        return (json == null ? text : json.toString()).getBytes(StandardCharsets.UTF_8);
    }
}
