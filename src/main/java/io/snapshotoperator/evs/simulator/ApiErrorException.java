/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Map;

/**
 * The cloud says no. Says it in both families' words, because one store serves both; {@link ErrorJson} picks.
 * Messages are the vendor's, verbatim, save those marked as guessed.
 */
final class ApiErrorException extends RuntimeException {

    /** Which part of the cloud refuses; it decides the body's shape. */
    enum Voice {
        /** EVS itself: {@code {"error":{"code","message"}}}, or Cinder's wrappers. */
        EVS,
        /** The API gateway: {@code {"error_code","error_msg","request_id"}} (API Gateway: error codes). */
        GATEWAY,
        /** IAM as Keystone: {@code {"error":{"code":401,"message","title"}}}. */
        KEYSTONE,
        /** Cinder's wrapper with a code in quotes, whatever the family (gophertelekomcloud, issue 597). */
        CONTEXT,
        /** IAM's own codes: {@code {"error_code","error_msg"}} (IAM API reference: error_codes). */
        IAM
    }

    private final Voice voice;
    private final int status;
    private final int cinderStatus;
    private final String code;
    private final String nativeMessage;
    private final Map<String, String> headers;

    private ApiErrorException(
            Voice voice,
            int status,
            int cinderStatus,
            String code,
            String nativeMessage,
            String message,
            Map<String, String> headers) {
        super(message, null, false, false);
        this.voice = voice;
        this.status = status;
        this.cinderStatus = cinderStatus;
        this.code = code;
        this.nativeMessage = nativeMessage;
        this.headers = Map.copyOf(headers);
    }

    /** A refusal for which EVS has a code and a sentence of its own (EVS API reference: error_codes). */
    static ApiErrorException ofEvs(int status, String code, String evsMessage, String cinderMessage) {
        return new ApiErrorException(Voice.EVS, status, status, code, evsMessage, cinderMessage, Map.of());
    }

    /** A refusal of Cinder's that EVS passes on as {@code EVS.5} and the HTTP status, with Cinder's sentence. */
    static ApiErrorException ofCinder(int status, String message) {
        return ofEvs(status, "EVS.5" + status, message, message);
    }

    static ApiErrorException ofGateway(int status, String code, String message) {
        return new ApiErrorException(Voice.GATEWAY, status, status, code, message, message, Map.of());
    }

    static ApiErrorException ofKeystone(int status, String message) {
        return new ApiErrorException(
                Voice.KEYSTONE, status, status, Integer.toString(status), message, message, Map.of());
    }

    static ApiErrorException ofIam(int status, String code, String message) {
        return new ApiErrorException(Voice.IAM, status, status, code, message, message, Map.of());
    }

    /** An AK/SK signed call that does not name the project of its path (gophertelekomcloud, issue 597). */
    static ApiErrorException projectMismatch(String ofPath, String ofContext) {
        var message = "Malformed request URL: URL's project_id '%s' doesn't match Context's project_id '%s'"
                .formatted(ofPath, ofContext);
        return new ApiErrorException(Voice.CONTEXT, 401, 401, "401", message, message, Map.of());
    }

    ApiErrorException withHeader(String name, String value) {
        return new ApiErrorException(
                voice, status, cinderStatus, code, nativeMessage, getMessage(), Map.of(name, value));
    }

    /** For the few cases where EVS made up another status than Cinder's. */
    ApiErrorException butByCinder(int other) {
        return new ApiErrorException(voice, status, other, code, nativeMessage, getMessage(), headers);
    }

    int cinderStatus() {
        return cinderStatus;
    }

    Voice voice() {
        return voice;
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

    /** Cinder 12.0.0 cinder/api/openstack/wsgi.py: over quota, with a Retry-After of nothing. */
    static ApiErrorException overLimit(String message) {
        return ofCinder(413, message).withHeader("Retry-After", "0");
    }

    static ApiErrorException badRequest(String message) {
        return ofCinder(400, message);
    }
}
