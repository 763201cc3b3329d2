/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.connection.EvsConnection;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import java.net.HttpURLConnection;

/** Describes why the API server does not serve the program, and what helps. The program then ends. */
final class ClusterFailure {
    private ClusterFailure() {}

    static String describe(KubernetesClientException failure) {
        // fabric8 uses the codes 0 and -1 if there was no response.
        if (failure.getCode() <= 0) {
            return "The API server is not reachable: " + reason(failure)
                    + ". Check its address, the network policies and the kubeconfig.";
        }
        return switch (failure.getCode()) {
            case HttpURLConnection.HTTP_UNAUTHORIZED ->
                "The API server does not accept the credentials: " + reason(failure)
                        + ". Check the token of the service account or the kubeconfig.";
            case HttpURLConnection.HTTP_FORBIDDEN ->
                "The API server rejects a request: " + reason(failure)
                        + ". Grant this right to the service account, as the roles of the chart do.";
            case HttpURLConnection.HTTP_NOT_FOUND ->
                "The API server does not know the resource "
                        + HasMetadata.getFullResourceName(VolumeSnapshotRequest.class) + ", "
                        + HasMetadata.getFullResourceName(EvsConnection.class) + ", "
                        + HasMetadata.getFullResourceName(VolumeSnapshotSchedule.class) + " or "
                        + HasMetadata.getFullResourceName(VolumeSnapshotRestore.class)
                        + ". Install the custom resource definitions: kubectl apply -f crds/.";
            default ->
                "The API server responds with code " + failure.getCode() + ": " + reason(failure)
                        + ". Check the API server.";
        };
    }

    private static String reason(KubernetesClientException failure) {
        var status = failure.getStatus();
        var text = status != null && status.getMessage() != null ? status.getMessage() : rootCause(failure);
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    private static String rootCause(Throwable failure) {
        var cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
