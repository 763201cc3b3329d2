/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * One HTTP request, ready to be sent.
 *
 * @param headers without {@code Host} and {@code Content-Length}, which the HTTP client sets
 * @param body empty for none
 * @param maxResponseBytes the longest body that a good answer may have
 * @param secrets what must not appear in any message, should the other side repeat it to us
 */
public record CloudHttpRequest(
        String method, URI uri, Map<String, String> headers, byte[] body, int maxResponseBytes, List<String> secrets) {
    @Override
    public String toString() {
        return method + " " + uri;
    }
}
