/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudExceptionFactory;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import io.snapshotoperator.evs.cloud.http.transport.RequestTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code GET /v3/projects?name=…} (IAM API reference, "Querying Project Information Based on the Specified Criteria"): reads
 * the id of a project by its name. Names are unique within an account, but a key can have access to several accounts.
 */
final class ProjectLookup {
    static final int MAX_BYTES = 4 * 1024 * 1024;
    private static final int MAX_SHOWN = 5;

    private final ConnectionSettings settings;
    private final CloudExceptionFactory failures;

    ProjectLookup(ConnectionSettings settings, CloudExceptionFactory failures) {
        this.settings = settings;
        this.failures = failures;
    }

    CallDescription description() {
        return new CallDescription(CloudOperation.FIND_PROJECT, "find the id of " + settings.project());
    }

    RequestTarget target() {
        var iam = settings.iamEndpoint()
                .orElseThrow(() -> failures.localFailure(
                        description(),
                        Kind.MISCONFIGURED,
                        "the address of IAM is not configured",
                        "Set {iam-endpoint} or {project-id}."));
        return new RequestTarget(iam, List.of("v3", "projects"), List.of(Map.entry("name", name())));
    }

    /**
     * Returns the ids of all projects with exactly this name, because the cloud can ignore the filter. Empty if the response
     * is unreadable, also because one of these ids is not usable.
     */
    Optional<List<String>> read(CloudHttpResponse response) {
        var projects = response.json().map(json -> json.path("projects")).filter(node -> node.isArray());
        if (!response.complete() || projects.isEmpty()) {
            return Optional.empty();
        }
        var ids = new ArrayList<Optional<String>>();
        for (var project : projects.get()) {
            if (name().equals(project.path("name").asText())) {
                ids.add(response.text().id(project.path("id").asText()));
            }
        }
        return ids.stream().allMatch(Optional::isPresent)
                ? Optional.of(ids.stream().flatMap(Optional::stream).toList())
                : Optional.empty();
    }

    /** Returns the only id. Throws if there are none or several. */
    String only(List<String> ids) {
        if (ids.size() == 1) {
            return ids.get(0);
        }
        throw failures.localFailure(
                description(),
                Kind.MISCONFIGURED,
                ids.isEmpty()
                        ? "IAM lists no project of this name for this access key"
                        : "IAM lists " + ids.size() + " projects of this name: " + shown(ids),
                ids.isEmpty() ? "Correct {project-name}, or set {project-id}." : "Set {project-id} to one of them.");
    }

    private static String shown(List<String> ids) {
        return String.join(", ", ids.subList(0, Math.min(ids.size(), MAX_SHOWN)))
                + (ids.size() > MAX_SHOWN ? ", …" : "");
    }

    private String name() {
        return settings.project().name().orElseThrow();
    }
}
