/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.cloud.CloudText;
import java.net.HttpURLConnection;
import java.util.Optional;

/**
 * Thrown when the API server rejects a request of the operator or does not respond. The reconcile ends with it, and JOSDK
 * logs it and repeats the reconcile after a growing delay. It has neither a cause nor a stack trace, because the code is
 * not the reason.
 */
public final class ApiServerException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int MAX_LENGTH = 300;

    public ApiServerException(KubernetesClientException failure) {
        super(describe(failure), null, false, false);
    }

    /** Describes the failure in one line of bounded length, with what helps where that is known. */
    public static String describe(KubernetesClientException failure) {
        if (failure.getCode() <= 0) {
            var cause = Optional.ofNullable(failure.getCause()).orElse(failure);
            return "The API server did not respond: " + bounded(String.valueOf(cause.getMessage()));
        }
        var message = message(failure);
        return switch (failure.getCode()) {
            case HttpURLConnection.HTTP_UNAUTHORIZED, HttpURLConnection.HTTP_FORBIDDEN ->
                "The API server denied a request. Check the roles of the operator's service account: " + message;
            default -> "The API server rejected a request with " + failure.getCode() + ": " + message;
        };
    }

    /** Returns what the API server said, in one line of bounded length. */
    public static String message(KubernetesClientException failure) {
        return bounded(Optional.ofNullable(failure.getStatus())
                .map(Status::getMessage)
                .orElse(String.valueOf(failure.getMessage())));
    }

    private static String bounded(String text) {
        return CloudText.withoutSecrets().clean(text.replaceAll("\\s+", " "), MAX_LENGTH);
    }
}
