/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes errors in the form of that part of the cloud that rejects the call. */
final class ErrorJson {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final boolean cinderOnNative;

    ErrorJson(SimulatorSettings.BehaviorOptions behavior) {
        this.cinderOnNative = behavior.cinderErrorsOnNative();
    }

    SimulatedResponse response(ApiErrorException error, Family family, String requestId) {
        var cinder = family == Family.CINDER || cinderOnNative;
        return switch (error.origin()) {
            case EVS -> cinder ? cinder(error) : evs(error);
            case GATEWAY -> gateway(error, requestId);
            case KEYSTONE -> keystone(error);
            case IAM -> iam(error);
            case CONTEXT -> context(error);
        };
    }

    /** EVS API reference: "Error Response" on every page. */
    private static SimulatedResponse evs(ApiErrorException error) {
        var body = JSON.objectNode();
        body.putObject("error").put("message", error.nativeMessage()).put("code", error.code());
        return SimulatedResponse.json(error.status(), body).withHeaders(error.headers());
    }

    /** Cinder 12.0.0 cinder/api/openstack/wsgi.py Fault. */
    private static SimulatedResponse cinder(ApiErrorException error) {
        var status = error.cinderStatus();
        var body = JSON.objectNode();
        var inner = body.putObject(wrapper(status));
        inner.put("message", error.getMessage());
        inner.put("code", status);
        if (status == 413 && error.headers().containsKey("Retry-After")) {
            inner.put("retryAfter", error.headers().get("Retry-After"));
        }
        return SimulatedResponse.json(status, body).withHeaders(error.headers());
    }

    private static SimulatedResponse gateway(ApiErrorException error, String requestId) {
        return SimulatedResponse.json(
                error.status(), flat(error.code(), error.getMessage()).put("request_id", requestId));
    }

    private static SimulatedResponse iam(ApiErrorException error) {
        return SimulatedResponse.json(error.status(), flat(error.code(), error.getMessage()));
    }

    private static SimulatedResponse context(ApiErrorException error) {
        var body = JSON.objectNode();
        body.putObject("badRequest").put("message", error.getMessage()).put("code", error.code());
        return SimulatedResponse.json(error.status(), body);
    }

    /** In the form of Keystone: the code is a number, the title is the name of the status. */
    private static SimulatedResponse keystone(ApiErrorException error) {
        var body = JSON.objectNode();
        body.putObject("error")
                .put("code", error.status())
                .put("message", error.getMessage())
                .put("title", error.status() == 401 ? "Unauthorized" : "Bad Request");
        return SimulatedResponse.json(error.status(), body);
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
