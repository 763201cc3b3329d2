/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes refusals in the shape that the refusing part of the cloud uses. */
final class ErrorJson {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final boolean cinderOnNative;

    ErrorJson(SimulatorSettings.BehaviorOptions habits) {
        this.cinderOnNative = habits.cinderErrorsOnNative();
    }

    SimulatedResponse answer(ApiErrorException refusal, Family family, String requestId) {
        var cinder = family == Family.CINDER || cinderOnNative;
        return switch (refusal.voice()) {
            case EVS -> cinder ? cinder(refusal) : evs(refusal);
            case GATEWAY -> gateway(refusal, requestId);
            case KEYSTONE -> keystone(refusal);
            case IAM -> iam(refusal);
            case CONTEXT -> context(refusal);
        };
    }

    /** EVS API reference: every page's "Error Response". */
    private static SimulatedResponse evs(ApiErrorException refusal) {
        var body = JSON.objectNode();
        body.putObject("error").put("message", refusal.nativeMessage()).put("code", refusal.code());
        return SimulatedResponse.json(refusal.status(), body).withHeaders(refusal.headers());
    }

    /** Cinder 12.0.0 cinder/api/openstack/wsgi.py Fault. */
    private static SimulatedResponse cinder(ApiErrorException refusal) {
        var status = refusal.cinderStatus();
        var body = JSON.objectNode();
        var inner = body.putObject(wrapper(status));
        inner.put("message", refusal.getMessage());
        inner.put("code", status);
        if (status == 413 && refusal.headers().containsKey("Retry-After")) {
            inner.put("retryAfter", refusal.headers().get("Retry-After"));
        }
        return SimulatedResponse.json(status, body).withHeaders(refusal.headers());
    }

    private static SimulatedResponse gateway(ApiErrorException refusal, String requestId) {
        return SimulatedResponse.json(
                refusal.status(), flat(refusal.code(), refusal.getMessage()).put("request_id", requestId));
    }

    private static SimulatedResponse iam(ApiErrorException refusal) {
        return SimulatedResponse.json(refusal.status(), flat(refusal.code(), refusal.getMessage()));
    }

    private static SimulatedResponse context(ApiErrorException refusal) {
        var body = JSON.objectNode();
        body.putObject("badRequest").put("message", refusal.getMessage()).put("code", refusal.code());
        return SimulatedResponse.json(refusal.status(), body);
    }

    /** As Keystone answers: the code is a number, the title the status's name. */
    private static SimulatedResponse keystone(ApiErrorException refusal) {
        var body = JSON.objectNode();
        body.putObject("error")
                .put("code", refusal.status())
                .put("message", refusal.getMessage())
                .put("title", refusal.status() == 401 ? "Unauthorized" : "Bad Request");
        return SimulatedResponse.json(refusal.status(), body);
    }

    private static ObjectNode flat(String code, String message) {
        return JSON.objectNode().put("error_code", code).put("error_msg", message);
    }

    private static String wrapper(int status) {
        return switch (status) {
            case 400 -> "badRequest";
            case 401 -> "unauthorized";
            case 403 -> "forbidden";
            case 404 -> "itemNotFound";
            case 405 -> "badMethod";
            case 409 -> "conflictingRequest";
            case 413, 429 -> "overLimit";
            case 415 -> "badMediaType";
            case 501 -> "notImplemented";
            case 503 -> "serviceUnavailable";
            default -> "computeFault";
        };
    }
}
