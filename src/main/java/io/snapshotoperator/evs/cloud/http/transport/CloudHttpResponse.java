/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.snapshotoperator.evs.cloud.CloudText;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One HTTP response. Everything in it is untrusted. {@code toString} contains neither headers nor body.
 *
 * @param complete false if the body is truncated or exceeds its maximum size
 * @param secrets the secrets of the request, which must not appear in any message
 */
public record CloudHttpResponse(int status, HttpHeaders headers, byte[] body, boolean complete, Secrets secrets) {
    /** Of two values with the same key, the operator and a proxy could each believe another one. */
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Returns the cleaner for the texts of this response. */
    public CloudText text() {
        return secrets.text();
    }

    /** Returns the body as JSON; empty if there is no body, if it is not JSON, or if an object has a key twice. */
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
     * Returns the id that the cloud gave the call, from the headers; empty if it cannot be shown. Cinder sends {@code
     * x-compute-request-id} and {@code x-openstack-request-id}. Huawei's SDK reads {@code X-Request-Id}. The gateway writes
     * {@code request_id} into the body, which this method does not read.
     */
    public Optional<String> requestId() {
        return Stream.of("X-Request-Id", "x-compute-request-id", "x-openstack-request-id")
                .flatMap(name -> headers.firstValue(name).stream())
                .flatMap(id -> text().requestId(id).stream())
                .findFirst();
    }

    @Override
    public String toString() {
        return "HTTP " + status + " with " + body.length + " bytes" + (complete ? "" : ", incomplete");
    }
}
