/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The health that Argo CD and Flux show for the successive versions of one object, and the rules that it must follow: both tools
 * agree, no version is healthy too early, and no version is less healthy than the one before without a cause.
 */
final class HealthSequence {
    private final ArgoHealth argo;
    private final List<JsonNode> versions;

    HealthSequence(ArgoHealth argo, List<JsonNode> versions) {
        this.argo = argo;
        this.versions = List.copyOf(versions);
    }

    /** What a user of Argo CD sees, with one entry per change. */
    List<String> argo() {
        return changes(
                versions.stream().map(version -> argo.of(version).status()).toList());
    }

    /** What Flux sees, with one entry per change. */
    List<Kstatus> kstatus() {
        return changes(versions.stream().map(Kstatus::of).toList());
    }

    /** The violated rules; empty if there is none. */
    List<String> violations() {
        var violations = new ArrayList<String>();
        for (var i = 0; i < versions.size(); i++) {
            var version = versions.get(i);
            var health = argo.of(version).status();
            if (!allowed(Kstatus.of(version)).contains(health)) {
                violations.add(
                        "Argo CD shows " + health + " and kstatus " + Kstatus.of(version) + ": " + show(version));
            }
            if (health.equals("Healthy") && !mayBeHealthy(version)) {
                violations.add("Healthy too early: " + show(version));
            }
            if (i > 0
                    && flaps(argo.of(versions.get(i - 1)).status(), health)
                    && !hasCause(versions.get(i - 1), version)) {
                violations.add("Without a cause from " + show(versions.get(i - 1)) + " to " + show(version));
            }
        }
        return violations;
    }

    private static Set<String> allowed(Kstatus status) {
        return switch (status) {
            case CURRENT -> Set.of("Healthy");
            case FAILED -> Set.of("Degraded");
            case IN_PROGRESS -> Set.of("Progressing", "Suspended");
            case TERMINATING -> Set.of("Progressing");
        };
    }

    private static boolean mayBeHealthy(JsonNode version) {
        var status = version.path("status");
        var known = status.path("observedGeneration").asLong(-1)
                == version.path("metadata").path("generation").asLong();
        // A connection has no snapshot.
        return known
                && (!version.path("kind").asText().equals("VolumeSnapshotRequest")
                        || status.path("snapshotStatus").asText().equals("available"));
    }

    /** A settled object that is in motion again. */
    private static boolean flaps(String before, String after) {
        return Set.of("Healthy", "Degraded").contains(before)
                && Set.of("Progressing", "Suspended").contains(after);
    }

    /** Whether a user or the cloud changed something between the two versions. */
    private static boolean hasCause(JsonNode before, JsonNode after) {
        return differs(before, after, "/metadata/generation")
                || differs(before, after, "/metadata/deletionTimestamp")
                || differs(before, after, "/metadata/annotations/" + Api.PAUSED.replace("/", "~1"))
                || differs(before, after, "/status/snapshotId")
                || differs(before, after, "/status/snapshotStatus");
    }

    private static boolean differs(JsonNode before, JsonNode after, String path) {
        return !before.at(path).equals(after.at(path));
    }

    private String show(JsonNode version) {
        return argo.of(version) + " (generation " + version.at("/metadata/generation") + ", " + version.path("status")
                + ")";
    }

    private static <T> List<T> changes(List<T> all) {
        var changes = new ArrayList<T>();
        for (var value : all) {
            if (changes.isEmpty() || !changes.get(changes.size() - 1).equals(value)) {
                changes.add(value);
            }
        }
        return changes;
    }

    @Override
    public String toString() {
        return versions.stream().map(this::show).toList().toString();
    }
}
