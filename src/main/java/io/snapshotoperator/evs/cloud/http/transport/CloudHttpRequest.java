/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import java.net.URI;
import java.util.Map;

/**
 * One complete HTTP request. {@code toString} contains neither headers nor body.
 *
 * @param headers without {@code Host} and {@code Content-Length}, which the HTTP client sets
 * @param body an empty array for a request without a body
 * @param maxResponseBytes the maximum size of the body of a 2xx response
 * @param secrets texts that must not appear in any message, even if a response repeats them
 */
public record CloudHttpRequest(
        String method, URI uri, Map<String, String> headers, byte[] body, int maxResponseBytes, Secrets secrets) {
    @Override
    public String toString() {
        return method + " " + uri;
    }
}
