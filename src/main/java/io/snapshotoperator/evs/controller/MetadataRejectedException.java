/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Set;

/**
 * Thrown when the API server will reject a patch of annotations or finalizers again: an admission policy denies it, or the
 * object would become too large. The status is another subresource, so the caller can report the rejection there.
 */
public final class MetadataRejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Too many requests: the API server accepts the same request later. fabric8 has no constant. */
    private static final int TOO_MANY_REQUESTS = 429;

    private static final Set<Integer> TEMPORARY = Set.of(
            HttpURLConnection.HTTP_UNAUTHORIZED,
            HttpURLConnection.HTTP_NOT_FOUND,
            HttpURLConnection.HTTP_CLIENT_TIMEOUT,
            HttpURLConnection.HTTP_CONFLICT,
            TOO_MANY_REQUESTS);

    MetadataRejectedException(KubernetesClientException rejected) {
        super(ApiServerException.describe(rejected), null, false, false);
    }

    /** Whether the API server will reject the same patch again. */
    static boolean isDefinite(KubernetesClientException rejected) {
        return rejected.getCode() >= HttpURLConnection.HTTP_BAD_REQUEST
                && rejected.getCode() < HttpURLConnection.HTTP_INTERNAL_ERROR
                && !TEMPORARY.contains(rejected.getCode());
    }
}
