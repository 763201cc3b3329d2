/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.gitops;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The rules of kstatus for custom resources, by which Flux judges objects: kubernetes-sigs/cli-utils 5895ad6, {@code
 * pkg/kstatus/status/generic.go} (checkGenericProperties, checkGeneration) and {@code status.go} (Compute, checkReadyCondition).
 */
enum Kstatus {
    IN_PROGRESS,
    CURRENT,
    FAILED,
    TERMINATING;

    static Kstatus of(JsonNode object) {
        var metadata = object.path("metadata");
        var status = object.path("status");
        if (metadata.hasNonNull("deletionTimestamp")) {
            return TERMINATING;
        }
        if (metadata.has("generation")
                && status.has("observedGeneration")
                && metadata.path("generation").asLong()
                        != status.path("observedGeneration").asLong()) {
            return IN_PROGRESS;
        }
        for (var condition : status.path("conditions")) {
            if (isTrue(condition, "Reconciling")) {
                return IN_PROGRESS;
            }
            if (isTrue(condition, "Stalled")) {
                return FAILED;
            }
        }
        for (var condition : status.path("conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return isTrue(condition, "Ready") ? CURRENT : IN_PROGRESS;
            }
        }
        // kstatus regards an object without any known condition as current.
        return CURRENT;
    }

    private static boolean isTrue(JsonNode condition, String type) {
        return condition.path("type").asText().equals(type)
                && condition.path("status").asText().equals("True");
    }
}
