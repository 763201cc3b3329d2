/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Changes the snapshots, the volumes or the job in a response according to faults of {@link Fault.Stage#PRESENTATION}. It
 * changes the JSON of the response in place; it has no state.
 */
final class PresentationFaults {

    private static final Set<String> NEVER_NULL = Set.of("id", "status", "volume_id", "job_id");
    private static final List<String> TIMES = List.of("created_at", "updated_at", "begin_time", "end_time");

    private PresentationFaults() {}

    static void change(FaultRule rule, Request request, SimulatedResponse response) {
        var json = response.json();
        if (json == null || response.status() >= 300) {
            return;
        }
        if (json.has("job_id")) {
            changeJob(rule, request, (ObjectNode) json);
        }
        for (var single : List.of("snapshot", "volume")) {
            if (json.get(single) instanceof ObjectNode object) {
                change(rule, request, object);
            }
        }
        listed(json).filter(entry -> isSelected(rule, entry)).forEach(entry -> change(rule, request, entry));
    }

    private static Stream<ObjectNode> listed(JsonNode json) {
        return Stream.of("snapshots", "volumes")
                .flatMap(name -> json.path(name).valueStream())
                .map(ObjectNode.class::cast);
    }

    /** Returns whether the rule names no id, or those of this snapshot or volume. */
    private static boolean isSelected(FaultRule rule, JsonNode entry) {
        var id = entry.path("id").asText();
        return entry.has("volume_id")
                ? rule.matches(entry.get("volume_id").asText(), id)
                : rule.matches(id, entry.path("snapshot_id").asText());
    }

    private static void change(FaultRule rule, Request request, ObjectNode object) {
        switch (rule.fault()) {
            case STATUS_WORD -> object.put("status", rule.parameters().text());
            case METADATA_NULL -> object.putNull("metadata");
            case UNREADABLE_SUCCESS -> unreadableId(rule, object, "id");
            case RESPONSE_OF_OTHER_SNAPSHOT -> describeOther(object);
            case NULL_FIELDS -> nullFields(object);
            case CREDENTIALS_ECHOED ->
                putEcho(object, echo(rule.parameters().text(), request), List.of("name", "description"));
            case ODD_TIMES -> TIMES.forEach(field -> oddTime(rule, object, field));
            default -> throw new IllegalArgumentException(rule.fault() + " changes no objects in responses.");
        }
    }

    /** The response of a call that starts a job has only the id of the job. */
    private static void changeJob(FaultRule rule, Request request, ObjectNode job) {
        switch (rule.fault()) {
            case UNREADABLE_SUCCESS -> unreadableId(rule, job, "job_id");
            case RESPONSE_OF_OTHER_SNAPSHOT -> {
                job.put("job_id", UUID.randomUUID().toString());
                if (job.get("entities") instanceof ObjectNode entities) {
                    entities.put("volume_id", UUID.randomUUID().toString());
                }
            }
            case CREDENTIALS_ECHOED ->
                putEcho(job, echo(rule.parameters().text(), request), List.of("job_type", "error_code", "fail_reason"));
            default -> change(rule, request, job);
        }
    }

    /** Returns the text and the credentials of the request. */
    static String echo(String text, Request request) {
        return text
                + Stream.of("X-Auth-Token", "Authorization")
                        .flatMap(name -> request.header(name).stream())
                        .collect(Collectors.joining());
    }

    private static void putEcho(ObjectNode object, String echo, List<String> fields) {
        fields.forEach(field -> object.put(field, echo));
        List.of("echo", echo).forEach(field -> object.put(field, echo));
        var metadata = object.withObject("/metadata");
        metadata.put("echo", echo);
        metadata.put(echo, echo);
    }

    private static void unreadableId(FaultRule rule, ObjectNode object, String member) {
        if (rule.parameters().text().isEmpty()) {
            object.remove(member);
        } else {
            object.put(member, rule.parameters().text());
        }
    }

    private static void describeOther(ObjectNode object) {
        List.of("id", object.has("volume_id") ? "volume_id" : "snapshot_id")
                .forEach(field -> object.put(field, UUID.randomUUID().toString()));
        object.putNull("metadata");
    }

    private static void nullFields(ObjectNode object) {
        object.properties().stream()
                .filter(entry -> !NEVER_NULL.contains(entry.getKey()))
                .forEach(entry -> entry.setValue(NullNode.getInstance()));
    }

    private static void oddTime(FaultRule rule, ObjectNode object, String field) {
        var original = object.path(field).asText();
        if (!object.path(field).isTextual() || original.isEmpty()) {
            return;
        }
        object.put(
                field,
                switch (rule.parameters().text()) {
                    case "", "lower-case" -> original.replace('T', 't');
                    case "no-fraction" -> original.replaceFirst("\\.[0-9]+", "");
                    default -> rule.parameters().text();
                });
    }
}
