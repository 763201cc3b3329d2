/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What faults make of answers; pure, save that it edits the JSON of an answer that nobody else holds. */
final class FaultEffects {

    private static final Set<String> NEVER_NULL = Set.of("id", "status", "volume_id");
    private static final String HTML = "<html><head><title>%d</title></head><body>nginx</body></html>";

    private final ErrorJson errors;
    private final AuthenticationCheck gatekeeper;

    FaultEffects(ErrorJson errors, AuthenticationCheck gatekeeper) {
        this.errors = errors;
        this.gatekeeper = gatekeeper;
    }

    /** The answer that a fault gives instead of the model's, before or after acting. */
    SimulatedResponse instead(FaultRule rule, ApiCall call, String requestId, Instant now) {
        return switch (rule.fault()) {
            case THROTTLED, THROTTLED_AFTER_ACTING -> throttled(rule, call, requestId, now);
            case SERVER_ERROR, SERVER_ERROR_AFTER_ACTING -> serverError(rule.statusOr(500), call, requestId);
            case HTML_BODY -> html(rule.statusOr(502));
            case HTML_BODY_AFTER_ACTING -> html(rule.statusOr(200));
            case QUOTA ->
                refused(
                        ApiErrorException.overLimit(
                                rule.text().isEmpty()
                                        ? "Maximum number of snapshots allowed (10) exceeded"
                                        : rule.text()),
                        call,
                        requestId);
            case API_NOT_PUBLISHED -> refused(notPublished(), call, requestId);
            case TOKEN_EXPIRED -> refused(gatekeeper.expired(), call, requestId);
            case REJECTED ->
                refused(
                        ApiErrorException.ofEvs(
                                rule.statusOr(400),
                                rule.code().isEmpty() ? "EVS.5" + rule.statusOr(400) : rule.code(),
                                rule.text(),
                                rule.text()),
                        call,
                        requestId);
            default -> throw new IllegalArgumentException(rule.fault() + " has no answer of its own");
        };
    }

    /** API Gateway: error codes APIGW.0101; also what every path answers that the cloud does not know. */
    static ApiErrorException notPublished() {
        return ApiErrorException.ofGateway(
                404, "APIGW.0101", "The API does not exist or has not been published in the environment");
    }

    /** Lets a fault of appearance retouch the snapshots that an answer shows. */
    void retouch(FaultRule rule, SimulatedResponse response) {
        if (response.json() == null || response.status() >= 300) {
            return;
        }
        for (var snapshot : shown(response)) {
            var volume = snapshot.path("volume_id").asText();
            if (rule.isAbout(volume, snapshot.path("id").asText())) {
                retouch(rule, snapshot);
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

    private static void retouch(FaultRule rule, ObjectNode snapshot) {
        switch (rule.fault()) {
            case STATUS_WORD -> snapshot.put("status", rule.text());
            case METADATA_NULL -> snapshot.putNull("metadata");
            case UNREADABLE_SUCCESS -> snapshot.remove("id");
            case NULL_FIELDS -> nullFields(snapshot);
            case ODD_TIMES -> List.of("created_at", "updated_at").forEach(field -> oddTime(rule, snapshot, field));
            default -> throw new IllegalArgumentException(rule.fault() + " does not retouch answers");
        }
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
        var usual = snapshot.get(field).textValue();
        snapshot.put(
                field,
                switch (rule.text()) {
                    case "", "lower-case" -> usual.replace('T', 't');
                    case "no-fraction" -> usual.substring(0, usual.indexOf('.'));
                    default -> rule.text();
                });
    }

    private SimulatedResponse throttled(FaultRule rule, ApiCall call, String requestId, Instant now) {
        var message = rule.text().isEmpty()
                ? "The throttling threshold has been reached: policy user over ratelimit,limit:200,time:5 minute"
                : rule.text();
        var error = call.operation().isIam()
                ? ApiErrorException.ofIam(429, "IAM.0012", "Request throttled. Threshold: 10 times per 60 seconds.")
                : ApiErrorException.ofGateway(429, "APIGW.0308", message);
        var response = refused(error, call, requestId);
        return rule.retryAfter()
                .map(duration -> response.withHeader(
                        "Retry-After",
                        rule.retryAfterAsDate()
                                ? DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                        now.plus(duration).atOffset(ZoneOffset.UTC))
                                : Long.toString(duration.toSeconds())))
                .orElse(response);
    }

    /** Load balancers in front answer 502 to 504 with a page of their own (seen by users of Huawei's clients). */
    private SimulatedResponse serverError(int status, ApiCall call, String requestId) {
        if (status == 500 || status == 501) {
            return refused(
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

    private SimulatedResponse refused(ApiErrorException error, ApiCall call, String requestId) {
        return errors.answer(error, call.family(), requestId);
    }

    private static SimulatedResponse html(int status) {
        return SimulatedResponse.text(status, "text/html", HTML.formatted(status));
    }
}
