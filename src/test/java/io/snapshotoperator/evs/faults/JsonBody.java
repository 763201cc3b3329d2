/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reads the JSON of requests, responses and annotations. */
final class JsonBody {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonBody() {}

    /**
     * Reads the body of a request of the operator. An empty body is a missing node.
     *
     * @throws IllegalArgumentException if the body is not JSON: the campaign would not recognize its boundary
     */
    static JsonNode ofRequest(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException notJson) {
            throw new IllegalArgumentException(
                    "The body of a request is not JSON: " + new String(body, StandardCharsets.UTF_8), notJson);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Reads the body of a response. A body that is not JSON is a missing node: a proxy or a fault can send anything. */
    static JsonNode ofResponse(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException notJson) {
            return MissingNode.getInstance();
        }
    }

    /** Reads a text that a user can edit, such as an annotation. A text that is not JSON is a missing node. */
    static JsonNode ofText(String text) {
        return ofResponse(text.getBytes(StandardCharsets.UTF_8));
    }
}
