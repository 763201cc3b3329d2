/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/** Writes request bodies of the form {@code {"snapshot":{…}}}. */
final class WireBody {
    private WireBody() {}

    static byte[] of(String name, ObjectNode content) {
        var root = JsonNodeFactory.instance.objectNode();
        root.set(name, content);
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }
}
