/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Maps method and path to an operation. Paths: EVS API reference, snapshot_management and
 * openstack_cinder_apis_recommended. The paths of Cinder exist under {@code /v3} too (unrecommended_apis). The paths of
 * IAM do not collide with them, because no project has the id {@code auth} or {@code projects}. All paths of EVS exist
 * below {@value #EVS_PREFIX} too, so that clients find the versions of EVS there and those of IAM at {@code /v3}.
 */
final class Router {

    /** A usual path of Cinder (DevStack; python-cinderclient client.py get_server_version). */
    static final String EVS_PREFIX = "/volume";

    private static final Set<String> NATIVE_VOLUME_PATHS = Set.of("cloudvolumes", "os-vendor-volumes");

    private Router() {}

    static ApiCall route(Request request) {
        var all = Arrays.stream(request.path().split("/"))
                .filter(value -> !value.isEmpty())
                .map(value -> URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
        var prefixed = !all.isEmpty() && EVS_PREFIX.equals("/" + all.get(0));
        var parts = prefixed ? all.subList(1, all.size()) : all;
        var method = request.method();
        if (parts.isEmpty() || parts.size() == 1) {
            var pathExists = parts.isEmpty() || List.of("v2", "v3").contains(parts.get(0));
            return ApiCall.of(pathExists && "GET".equals(method) ? Operation.VERSIONS : Operation.UNKNOWN);
        }
        var version = parts.get(0);
        if ("v1".equals(version)) {
            return job(request.method(), parts);
        }
        if (!"v2".equals(version) && !"v3".equals(version)) {
            return ApiCall.of(Operation.UNKNOWN);
        }
        var iam = "v3".equals(version) && !prefixed ? iam(method, parts) : Operation.UNKNOWN;
        if (iam != Operation.UNKNOWN) {
            return ApiCall.of(iam);
        }
        if (parts.size() < 3) {
            return ApiCall.of(Operation.UNKNOWN);
        }
        return evs(request, version, parts.get(1), parts.get(2), parts.subList(3, parts.size()));
    }

    /** EVS API reference: querying_task_status. Nothing else of the version 1 is simulated. */
    private static ApiCall job(String method, List<String> parts) {
        var isJob = parts.size() == 4 && "jobs".equals(parts.get(2)) && "GET".equals(method);
        return isJob ? ApiCall.ofJob(Operation.JOB_GET, parts.get(1), parts.get(3)) : ApiCall.of(Operation.UNKNOWN);
    }

    private static Operation iam(String method, List<String> parts) {
        var rest = String.join("/", parts.subList(1, parts.size()));
        return switch (method + " " + rest) {
            case "POST auth/tokens" -> Operation.LOGIN;
            case "GET projects", "GET auth/projects" -> Operation.PROJECTS;
            default -> Operation.UNKNOWN;
        };
    }

    private static ApiCall evs(Request request, String version, String project, String kind, List<String> rest) {
        var method = request.method();
        var isV2 = "v2".equals(version);
        if ("cloudsnapshots".equals(kind) && isV2) {
            return snapshots(request, Family.NATIVE, version, project, rest);
        }
        if ("snapshots".equals(kind)) {
            return snapshots(request, Family.CINDER, version, project, rest);
        }
        if ("os-quota-sets".equals(kind) && "GET".equals(method) && rest.size() == 1) {
            return new ApiCall(Operation.QUOTA, Family.CINDER, version, project, null, null, null);
        }
        if (NATIVE_VOLUME_PATHS.contains(kind) && isV2) {
            // EVS API reference: creating_evs_disks has only this path.
            var creates = "POST".equals(method) && "cloudvolumes".equals(kind) && rest.isEmpty();
            return creates
                    ? new ApiCall(Operation.DISK_CREATE, Family.NATIVE, version, project, null, null, null)
                    : volumes(method, Family.NATIVE, version, project, rest);
        }
        if ("volumes".equals(kind)) {
            return volumes(method, Family.CINDER, version, project, rest);
        }
        return new ApiCall(Operation.UNKNOWN, Family.NATIVE, version, project, null, null, null);
    }

    private static ApiCall snapshots(
            Request request, Family family, String version, String project, List<String> rest) {
        var method = request.method();
        var cinder = family == Family.CINDER;
        var volume = request.parameter("volume_id").orElse(null);
        if (rest.isEmpty()) {
            var operation =
                    switch (method) {
                        case "POST" -> Operation.CREATE;
                        case "GET" -> cinder ? Operation.LIST_SUMMARY : Operation.UNKNOWN;
                        default -> Operation.UNKNOWN;
                    };
            return new ApiCall(operation, family, version, project, volume, null, null);
        }
        var first = rest.get(0);
        if (rest.size() == 1 && "detail".equals(first)) {
            var operation = "GET".equals(method) ? Operation.LIST : Operation.UNKNOWN;
            return new ApiCall(operation, family, version, project, volume, null, null);
        }
        if (rest.size() == 1) {
            var operation =
                    switch (method) {
                        case "GET" -> Operation.GET;
                        case "PUT" -> Operation.UPDATE;
                        case "DELETE" -> Operation.DELETE;
                        default -> Operation.UNKNOWN;
                    };
            return new ApiCall(operation, family, version, project, null, first, null);
        }
        if (cinder && "metadata".equals(rest.get(1)) && rest.size() <= 3) {
            var key = rest.size() == 3 ? rest.get(2) : null;
            return new ApiCall(metadata(method, key != null), family, version, project, null, first, key);
        }
        return new ApiCall(Operation.UNKNOWN, family, version, project, null, first, null);
    }

    private static Operation metadata(String method, boolean oneKey) {
        return switch (method) {
            case "GET" -> Operation.METADATA_READ;
            case "PUT" -> Operation.METADATA_WRITE;
            case "POST" -> oneKey ? Operation.UNKNOWN : Operation.METADATA_WRITE;
            case "DELETE" -> oneKey ? Operation.METADATA_DELETE : Operation.UNKNOWN;
            default -> Operation.UNKNOWN;
        };
    }

    private static ApiCall volumes(String method, Family family, String version, String project, List<String> rest) {
        if (rest.isEmpty() && family == Family.CINDER && List.of("GET", "POST").contains(method)) {
            var operation = "GET".equals(method) ? Operation.DISK_LIST : Operation.DISK_CREATE;
            return new ApiCall(operation, family, version, project, null, null, null);
        }
        if (rest.size() != 1) {
            return new ApiCall(Operation.UNKNOWN, family, version, project, null, null, null);
        }
        var id = rest.get(0);
        if ("detail".equals(id)) {
            var operation = "GET".equals(method) ? Operation.DISK_LIST : Operation.UNKNOWN;
            return new ApiCall(operation, family, version, project, null, null, null);
        }
        var operation =
                switch (method) {
                    case "GET" -> Operation.DISK_GET;
                    case "DELETE" -> Operation.DISK_DELETE;
                    default -> Operation.UNKNOWN;
                };
        return new ApiCall(operation, family, version, project, id, null, null);
    }
}
