/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What came back.
 *
 * @param complete false when the body broke off, or went beyond the bound set for it
 * @param secrets of the request, to be kept out of messages
 */
public record CloudHttpResponse(int status, HttpHeaders headers, byte[] body, boolean complete, List<String> secrets) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** The body as JSON; empty when there is none, or when it is no JSON. */
    public Optional<JsonNode> json() {
        if (body.length == 0) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(MAPPER.readTree(body)).filter(tree -> !tree.isMissingNode());
        } catch (IOException notJson) {
            return Optional.empty();
        }
    }

    /**
     * The cloud's id of the call. Cinder sends {@code x-compute-request-id} and {@code x-openstack-request-id}; Huawei's
     * SDK reads {@code X-Request-Id}; the gateway writes {@code request_id} into the body.
     */
    public Optional<String> requestId() {
        return Stream.of("X-Request-Id", "x-compute-request-id", "x-openstack-request-id")
                .flatMap(name -> headers.firstValue(name).stream())
                .filter(id -> !id.isBlank())
                .findFirst();
    }
}
