/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.csi;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.ApiServerException;
import io.snapshotoperator.evs.csi.ContentReason;
import java.net.HttpURLConnection;

/**
 * Thrown when the API server rejects a request about an object of {@code snapshot.storage.k8s.io}. The request of the user then reports
 * it, and its own reconcile continues.
 */
final class SnapshotApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int UNPROCESSABLE = 422;

    private final transient KubernetesClientException rejected;

    SnapshotApiException(KubernetesClientException rejected) {
        super(ApiServerException.describe(rejected), rejected);
        this.rejected = rejected;
    }

    /** Whether the object was changed, created or removed since it was read. */
    boolean isConflict() {
        return rejected.getCode() == HttpURLConnection.HTTP_CONFLICT;
    }

    Verdict verdict() {
        return switch (rejected.getCode()) {
            case HttpURLConnection.HTTP_NOT_FOUND -> Verdict.of(ContentReason.ContentApiMissing);
            case HttpURLConnection.HTTP_UNAUTHORIZED, HttpURLConnection.HTTP_FORBIDDEN ->
                Verdict.of(ContentReason.ContentNotAuthorized, ApiServerException.message(rejected));
            case HttpURLConnection.HTTP_BAD_REQUEST, UNPROCESSABLE ->
                Verdict.of(ContentReason.ContentRejected, ApiServerException.message(rejected));
            default -> Verdict.of(ContentReason.ContentApiFailed, getMessage());
        };
    }
}
