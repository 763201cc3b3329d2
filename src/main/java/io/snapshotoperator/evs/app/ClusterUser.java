/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** Finds the name of the user as which the operator talks to the API server. */
final class ClusterUser {
    private static final String UNKNOWN = "the user of the operator";

    private ClusterUser() {}

    /** Returns for example {@code system:serviceaccount:evs:evs-snapshot-operator}, for messages. */
    static String of(KubernetesClient kubernetes) {
        try {
            var review = kubernetes.resource(new SelfSubjectReview()).create();
            return review.getStatus().getUserInfo().getUsername();
        } catch (KubernetesClientException notServed) {
            // An API server before version 1.28, or one that denies it.
            return UNKNOWN;
        }
    }
}
