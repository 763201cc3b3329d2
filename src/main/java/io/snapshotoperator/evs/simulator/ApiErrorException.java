/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Map;

/**
 * Thrown when the cloud rejects a call. It has the error of both API families, because one store serves both; {@link
 * ErrorJson} chooses. Messages are those of the vendor, verbatim, except those that a comment marks as guessed.
 */
final class ApiErrorException extends RuntimeException {

    /** The part of the cloud that rejects the call. It decides the form of the body. */
    enum Origin {
        /** EVS: {@code {"error":{"code","message"}}}, or a wrapper of Cinder. */
        EVS,
        /** The API gateway: {@code {"error_code","error_msg","request_id"}} (API Gateway: error codes). */
        GATEWAY,
        /** IAM in the form of Keystone: {@code {"error":{"code":401,"message","title"}}}. */
        KEYSTONE,
        /** A wrapper of Cinder with the code as a string, in both families (gophertelekomcloud, issue 597). */
        CONTEXT,
        /** IAM with its own codes: {@code {"error_code","error_msg"}} (IAM API reference: error_codes). */
        IAM
    }

    private final Origin origin;
    private final int status;
    private final int cinderStatus;
    private final String code;
    private final String nativeMessage;
    private final Map<String, String> headers;

    private ApiErrorException(
            Origin origin,
            int status,
            int cinderStatus,
            String code,
            String nativeMessage,
            String message,
            Map<String, String> headers) {
        super(message, null, false, false);
        this.origin = origin;
        this.status = status;
        this.cinderStatus = cinderStatus;
        this.code = code;
        this.nativeMessage = nativeMessage;
        this.headers = Map.copyOf(headers);
    }

    /** Returns a rejection with a code and a message of EVS (EVS API reference: error_codes). */
    static ApiErrorException ofEvs(int status, String code, String evsMessage, String cinderMessage) {
        return new ApiErrorException(Origin.EVS, status, status, code, evsMessage, cinderMessage, Map.of());
    }

    /** Returns a rejection of Cinder. EVS returns it as {@code EVS.5} plus the HTTP status, with Cinder's message. */
    static ApiErrorException ofCinder(int status, String message) {
        return ofEvs(status, "EVS.5" + status, message, message);
    }

    static ApiErrorException ofGateway(int status, String code, String message) {
        return new ApiErrorException(Origin.GATEWAY, status, status, code, message, message, Map.of());
    }

    static ApiErrorException ofKeystone(int status, String message) {
        return new ApiErrorException(
                Origin.KEYSTONE, status, status, Integer.toString(status), message, message, Map.of());
    }

    static ApiErrorException ofIam(int status, String code, String message) {
        return new ApiErrorException(Origin.IAM, status, status, code, message, message, Map.of());
    }

    /**
     * Returns the error of a signed call whose project header differs from the path (gophertelekomcloud, issue 597).
     */
    static ApiErrorException projectMismatch(String pathProject, String contextProject) {
        var message = "Malformed request URL: URL's project_id '%s' doesn't match Context's project_id '%s'"
                .formatted(pathProject, contextProject);
        return new ApiErrorException(Origin.CONTEXT, 401, 401, "401", message, message, Map.of());
    }

    ApiErrorException withHeader(String name, String value) {
        return new ApiErrorException(
                origin, status, cinderStatus, code, nativeMessage, getMessage(), Map.of(name, value));
    }

    /** Returns this error with another status in the Cinder family, for the few cases where the families differ. */
    ApiErrorException withCinderStatus(int other) {
        return new ApiErrorException(origin, status, other, code, nativeMessage, getMessage(), headers);
    }

    int cinderStatus() {
        return cinderStatus;
    }

    Origin origin() {
        return origin;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String nativeMessage() {
        return nativeMessage;
    }

    Map<String, String> headers() {
        return headers;
    }

    /** Cinder 12.0.0 cinder/exception.py SnapshotNotFound; EVS API reference: error_codes EVS.5404. */
    static ApiErrorException unknownSnapshot(String id) {
        return ofCinder(404, "Snapshot " + id + " could not be found.");
    }

    /** Cinder 12.0.0 cinder/exception.py VolumeNotFound; EVS API reference: error_codes EVS.5404. */
    static ApiErrorException unknownVolume(String id) {
        return ofCinder(404, "Volume " + id + " could not be found.");
    }

    /** Cinder 12.0.0 cinder/api/openstack/wsgi.py: over quota, with a Retry-After of 0. */
    static ApiErrorException overLimit(String message) {
        return ofCinder(413, message).withHeader("Retry-After", "0");
    }

    static ApiErrorException badRequest(String message) {
        return ofCinder(400, message);
    }
}
