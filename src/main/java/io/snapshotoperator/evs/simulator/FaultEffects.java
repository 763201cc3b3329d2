/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Builds and changes responses according to faults. It changes the JSON of a response in place; it has no other state.
 */
final class FaultEffects {

    static final String REQUEST_ID = "X-Request-Id";

    private static final Set<String> NEVER_NULL = Set.of("id", "status", "volume_id");
    private static final String HTML = "<html><head><title>%d</title></head><body>nginx</body></html>";

    private final ErrorJson errors;
    private final AuthenticationCheck authentication;

    FaultEffects(ErrorJson errors, AuthenticationCheck authentication) {
        this.errors = errors;
        this.authentication = authentication;
    }

    /** Returns the response of a fault that replaces the response of the cloud, before or after acting. */
    SimulatedResponse replacement(FaultRule rule, ApiCall call, Request request, String requestId, Instant now) {
        return switch (rule.fault()) {
            case THROTTLED, THROTTLED_AFTER_ACTING -> throttled(rule, call, requestId, now);
            case SERVER_ERROR, SERVER_ERROR_AFTER_ACTING -> serverError(rule.statusOr(500), call, requestId);
            case HTML_BODY -> html(rule.statusOr(502));
            case HTML_BODY_AFTER_ACTING -> html(rule.statusOr(200));
            case QUOTA ->
                rejection(
                        ApiErrorException.overLimit(rule.textOr("Maximum number of snapshots allowed (10) exceeded")),
                        call,
                        requestId);
            case API_NOT_PUBLISHED -> rejection(notPublished(), call, requestId);
            case TOKEN_EXPIRED -> rejection(authentication.expired(), call, requestId);
            case REJECTED -> rejected(rule, call, requestId);
            case CREDENTIALS_ECHOED_IN_ERROR -> echo(rule, request);
            default -> throw new IllegalArgumentException(rule.fault() + " replaces no response.");
        };
    }

    private SimulatedResponse rejected(FaultRule rule, ApiCall call, String requestId) {
        var status = rule.statusOr(400);
        var parameters = rule.parameters();
        var code = parameters.code().isEmpty() ? "EVS.5" + status : parameters.code();
        return rejection(ApiErrorException.ofEvs(status, code, parameters.text(), parameters.text()), call, requestId);
    }

    /** Bodies of this form come from proxies that write the request into their errors. */
    private static SimulatedResponse echo(FaultRule rule, Request request) {
        var echo = echo(rule.parameters().text(), request);
        var body = JsonNodeFactory.instance.objectNode().put("request_id", echo);
        body.putObject(echo).put("code", echo).put("message", echo);
        return SimulatedResponse.json(rule.statusOr(400), body)
                .withHeader(REQUEST_ID, echo.replaceAll("[^\\x20-\\x7e]", ""));
    }

    private static String echo(String text, Request request) {
        return text
                + Stream.of("X-Auth-Token", "Authorization")
                        .flatMap(name -> request.header(name).stream())
                        .collect(Collectors.joining());
    }

    /** API Gateway: error codes APIGW.0101. Each unknown path returns it too. */
    static ApiErrorException notPublished() {
        return ApiErrorException.ofGateway(
                404, "APIGW.0101", "The API does not exist or has not been published in the environment");
    }

    /** Changes the snapshots in a response according to a fault of {@link Fault.Stage#PRESENTATION}. */
    void change(FaultRule rule, Request request, SimulatedResponse response) {
        if (response.json() == null || response.status() >= 300) {
            return;
        }
        for (var snapshot : shown(response)) {
            var volume = snapshot.path("volume_id").asText();
            if (rule.matches(volume, snapshot.path("id").asText())) {
                change(rule, request, snapshot);
            }
        }
    }

    private static List<ObjectNode> shown(SimulatedResponse response) {
        var found = new ArrayList<ObjectNode>();
        if (response.json().get("snapshot") instanceof ObjectNode one) {
            found.add(one);
        }
        response.json().path("snapshots").forEach(node -> found.add((ObjectNode) node));
        return found;
    }

    private static void change(FaultRule rule, Request request, ObjectNode snapshot) {
        switch (rule.fault()) {
            case STATUS_WORD -> snapshot.put("status", rule.parameters().text());
            case METADATA_NULL -> snapshot.putNull("metadata");
            case UNREADABLE_SUCCESS -> unreadableId(rule, snapshot);
            case RESPONSE_OF_OTHER_SNAPSHOT -> describeOther(snapshot);
            case NULL_FIELDS -> nullFields(snapshot);
            case CREDENTIALS_ECHOED -> putEcho(snapshot, echo(rule.parameters().text(), request));
            case ODD_TIMES -> List.of("created_at", "updated_at").forEach(field -> oddTime(rule, snapshot, field));
            default -> throw new IllegalArgumentException(rule.fault() + " changes no snapshots in responses.");
        }
    }

    private static void putEcho(ObjectNode snapshot, String echo) {
        List.of("name", "description", "echo", echo).forEach(field -> snapshot.put(field, echo));
        var metadata = snapshot.withObject("/metadata");
        metadata.put("echo", echo);
        metadata.put(echo, echo);
    }

    private static void unreadableId(FaultRule rule, ObjectNode snapshot) {
        if (rule.parameters().text().isEmpty()) {
            snapshot.remove("id");
        } else {
            snapshot.put("id", rule.parameters().text());
        }
    }

    private static void describeOther(ObjectNode snapshot) {
        List.of("id", "volume_id")
                .forEach(field -> snapshot.put(field, UUID.randomUUID().toString()));
        snapshot.putNull("metadata");
    }

    private static void nullFields(ObjectNode snapshot) {
        snapshot.properties().stream()
                .filter(entry -> !NEVER_NULL.contains(entry.getKey()))
                .forEach(entry -> entry.setValue(NullNode.getInstance()));
    }

    private static void oddTime(FaultRule rule, ObjectNode snapshot, String field) {
        if (!snapshot.path(field).isTextual()) {
            return;
        }
        var original = snapshot.get(field).textValue();
        snapshot.put(
                field,
                switch (rule.parameters().text()) {
                    case "", "lower-case" -> original.replace('T', 't');
                    case "no-fraction" -> original.substring(0, original.indexOf('.'));
                    default -> rule.parameters().text();
                });
    }

    private SimulatedResponse throttled(FaultRule rule, ApiCall call, String requestId, Instant now) {
        var message = rule.textOr(
                "The throttling threshold has been reached: policy user over ratelimit,limit:200,time:5 minute");
        var error = call.operation().isIam()
                ? ApiErrorException.ofIam(429, "IAM.0012", "Request throttled. Threshold: 10 times per 60 seconds.")
                : ApiErrorException.ofGateway(429, "APIGW.0308", message);
        var response = rejection(error, call, requestId);
        return rule.parameters()
                .retryAfter()
                .map(retryAfter -> response.withHeader("Retry-After", header(retryAfter, now)))
                .orElse(response);
    }

    private static String header(FaultRule.RetryAfter retryAfter, Instant now) {
        var duration = retryAfter.duration();
        return retryAfter.asDate()
                ? DateTimeFormatter.RFC_1123_DATE_TIME.format(now.plus(duration).atOffset(ZoneOffset.UTC))
                : Long.toString(duration.toSeconds());
    }

    /** Load balancers return 502 to 504 with an HTML page (reported by users of the Huawei clients). */
    private SimulatedResponse serverError(int status, ApiCall call, String requestId) {
        if (status == 500 || status == 501) {
            return rejection(
                    ApiErrorException.ofEvs(
                            status,
                            "EVS.5500",
                            "Internal server error.",
                            "The server has either erred or is incapable of performing the requested operation."),
                    call,
                    requestId);
        }
        return html(status);
    }

    private SimulatedResponse rejection(ApiErrorException error, ApiCall call, String requestId) {
        return errors.response(error, call.family(), requestId);
    }

    private static SimulatedResponse html(int status) {
        return SimulatedResponse.text(status, "text/html", HTML.formatted(status));
    }
}
