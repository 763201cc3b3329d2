/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rejects query parameters that the simulator does not honor. Cinder v2 drops unknown filters silently (Cinder 12.0.0
 * cinder/api/v2/snapshots.py, remove_invalid_filter_options), so a mistyped filter returns everything. The simulator is
 * stricter on purpose: a filter without an effect must not look like one that works. The text of the error is that of
 * Cinder 12.0.0 cinder/api/common.py reject_invalid_filters.
 */
final class QueryRules {

    /** From this microversion a list returns the count (Cinder 12.0.0 api_version_request.py, 3.45). */
    private static final int WITH_COUNT = 45;

    private static final Set<String> PAGE = Set.of("limit", "offset", "marker", "name", "status");

    /**
     * {@code all_tenants} gives a user who is no administrator only the own project (Cinder 12.0.0 cinder/volume/api.py
     * get_all_snapshots), and the simulator has no administrators.
     */
    private static final Set<String> SORT = Set.of("sort", "sort_key", "sort_dir", "all_tenants");

    private static final Set<String> VENDOR = Set.of(
            "id",
            "availability_zone",
            "service_type",
            "enterprise_project_id",
            "dedicated_storage_id",
            "dedicated_storage_name");

    /** Only these can be given several times. */
    private static final Set<String> REPEATABLE = Set.of("id");

    private QueryRules() {}

    static void check(ApiCall call, Microversion version, Request request) {
        if (call.operation() == Operation.UNKNOWN) {
            return;
        }
        var allowed = allowed(call, version, request);
        var seen = new HashSet<String>();
        var invalid = request.parameters().stream()
                .map(Request.Parameter::name)
                .filter(name -> !allowed.contains(name) || (!seen.add(name) && !REPEATABLE.contains(name)))
                .distinct()
                .collect(Collectors.joining(","));
        if (invalid.isEmpty()) {
            return;
        }
        var message = "Invalid filters " + invalid + " are found in query options.";
        throw call.operation().isIam()
                ? ApiErrorException.ofKeystone(400, message)
                : ApiErrorException.badRequest(message);
    }

    /** EVS API reference: the query parameters of each list; IAM API reference: querying_projects. */
    private static Set<String> allowed(ApiCall call, Microversion version, Request request) {
        var count = version.isAtLeast(WITH_COUNT) ? Set.of("with_count") : Set.<String>of();
        var cinder = call.family() == Family.CINDER;
        return switch (call.operation()) {
            case LIST -> {
                if (!cinder) {
                    yield union(PAGE, VENDOR, Set.of("volume_id"));
                }
                var zone = "v2".equals(call.version()) ? Set.of("availability_zone") : Set.<String>of();
                yield union(PAGE, SORT, Set.of("volume_id"), zone, count);
            }
            case LIST_SUMMARY -> union(PAGE, SORT, Set.of("volume_id"), count);
            case DISK_LIST ->
                cinder
                        ? union(PAGE, SORT, Set.of("availability_zone"), count)
                        : union(PAGE, VENDOR, Set.of("ids", "multiattach", "sort_key", "sort_dir"));
            case DISK_DELETE -> cinder ? Set.of("cascade") : Set.of();
            case QUOTA -> Set.of("usage");
            case LOGIN -> Set.of("nocatalog");
            case PROJECTS ->
                request.path().startsWith("/v3/auth/")
                        ? Set.of()
                        : Set.of("name", "domain_id", "parent_id", "enabled", "is_domain", "page", "per_page");
            default -> Set.of();
        };
    }

    @SafeVarargs
    private static Set<String> union(Set<String>... sets) {
        var all = new HashSet<String>();
        for (var set : sets) {
            all.addAll(set);
        }
        return all;
    }
}
