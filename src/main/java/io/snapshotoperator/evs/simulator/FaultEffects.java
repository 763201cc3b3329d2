/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Builds the responses of faults that replace the response of the cloud. */
final class FaultEffects {

    static final String REQUEST_ID = "X-Request-Id";

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
            case QUOTA -> rejection(ApiErrorException.overLimit(rule.textOr(quotaMessage(call))), call, requestId);
            case API_NOT_PUBLISHED -> rejection(notPublished(), call, requestId);
            case TOKEN_EXPIRED -> rejection(authentication.expired(), call, requestId);
            case REJECTED -> rejected(rule, call, requestId);
            case CREDENTIALS_ECHOED_IN_ERROR -> echo(rule, request);
            default -> throw new IllegalArgumentException(rule.fault() + " replaces no response.");
        };
    }

    /** Cinder 12.0.0 cinder/exception.py; EVS API reference: error_codes EVS.5413. */
    private static String quotaMessage(ApiCall call) {
        if (call.operation() != Operation.DISK_CREATE) {
            return "Maximum number of snapshots allowed (10) exceeded";
        }
        return call.family() == Family.NATIVE
                ? "Insufficient volume quota."
                : "Maximum number of volumes allowed (10) exceeded for quota 'volumes'.";
    }

    private SimulatedResponse rejected(FaultRule rule, ApiCall call, String requestId) {
        var status = rule.statusOr(400);
        var parameters = rule.parameters();
        var code = parameters.code().isEmpty() ? "EVS.5" + status : parameters.code();
        return rejection(ApiErrorException.ofEvs(status, code, parameters.text(), parameters.text()), call, requestId);
    }

    /** Bodies of this form come from proxies that write the request into their errors. */
    private static SimulatedResponse echo(FaultRule rule, Request request) {
        var echo = PresentationFaults.echo(rule.parameters().text(), request);
        var body = JsonNodeFactory.instance.objectNode().put("request_id", echo);
        body.putObject(echo).put("code", echo).put("message", echo);
        return SimulatedResponse.json(rule.statusOr(400), body)
                .withHeader(REQUEST_ID, echo.replaceAll("[^\\x20-\\x7e]", ""));
    }

    /** API Gateway: error codes APIGW.0101. Each unknown path returns it too. */
    static ApiErrorException notPublished() {
        return ApiErrorException.ofGateway(
                404, "APIGW.0101", "The API does not exist or has not been published in the environment");
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
