/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Reads the query of a list request, of which {@link QueryRules} accepted the names. */
final class ListQueries {

    /** EVS API reference: querying_details_about_evs_snapshots (limit 1..1000, default 1000). */
    static final int MAX_LIMIT = 1000;

    /** EVS API reference: querying_details_about_all_disks. */
    private static final int MAX_IDS = 60;

    private ListQueries() {}

    /** @param sortKeys the fields by which the list can be sorted */
    static ListQuery read(Request request, ApiCall call, Set<String> sortKeys) {
        var isNative = call.family() == Family.NATIVE;
        var filter = new ListQuery.Filter(
                request.parameter("name"),
                request.parameter("status"),
                request.parameter("volume_id"),
                request.parameter("availability_zone"),
                request.parameter("multiattach").map(text -> bool("multiattach", text)),
                ids(request),
                matchesNothing(request));
        return new ListQuery(
                filter,
                limit(request, isNative),
                number(request, "offset").orElse(0),
                marker(request, isNative),
                sorts(request, sortKeys));
    }

    /** Returns whether the response must contain the total (Cinder 12.0.0 cinder/api/v3/snapshots.py, from 3.45). */
    static boolean counts(Request request) {
        return request.parameter("with_count")
                .map(text -> bool("with_count", text))
                .orElse(false);
    }

    static boolean bool(String name, String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw ApiErrorException.badRequest("Invalid value '%s' for '%s'.".formatted(text, name));
        };
    }

    /** EVS API reference: querying_details_about_all_disks; {@code ids=['a','b']} takes precedence over {@code id}. */
    private static Set<String> ids(Request request) {
        var list = request.parameter("ids");
        if (list.isEmpty()) {
            return request.parameters().stream()
                    .filter(parameter -> "id".equals(parameter.name()))
                    .map(Request.Parameter::value)
                    .collect(Collectors.toUnmodifiableSet());
        }
        var ids = new HashSet<>(
                Arrays.asList(list.get().replaceAll("[\\[\\]' ]", "").split(",")));
        if (ids.size() > MAX_IDS) {
            throw ApiErrorException.badRequest("The number of ids must be at most 60.");
        }
        return ids;
    }

    /**
     * Returns whether a filter of the vendor names what the simulator does not have: dedicated storage or
     * another enterprise project than the default one, {@code 0} (EVS API reference of Huawei Cloud).
     */
    private static boolean matchesNothing(Request request) {
        var dedicated = request.parameter("dedicated_storage_id").isPresent()
                || request.parameter("dedicated_storage_name").isPresent();
        var service = request.parameter("service_type").orElse("EVS");
        if (!List.of("EVS", "DSS", "DESS").contains(service)) {
            throw ApiErrorException.badRequest("Invalid value '" + service + "' for 'service_type'.");
        }
        if (dedicated && "EVS".equals(request.parameter("service_type").orElse(""))) {
            throw ApiErrorException.badRequest("With service_type EVS the dedicated_storage filters must be empty.");
        }
        var enterprise = request.parameter("enterprise_project_id").orElse("0");
        return dedicated
                || !"EVS".equals(service)
                || !List.of("0", "all_granted_eps").contains(enterprise);
    }

    /** Zero is rejected like a negative number: EVS API reference, error_codes EVS.5400 (limit 1..1000). */
    private static int limit(Request request, boolean isNative) {
        var limit = number(request, "limit").orElse(MAX_LIMIT);
        if (limit == 0) {
            throw ApiErrorException.badRequest("limit param must be positive");
        }
        if (limit > MAX_LIMIT && isNative) {
            var message = "invalid filter limit, can not greater than 1000.";
            throw ApiErrorException.ofEvs(400, "EVS.2142", message, message);
        }
        // Cinder 12.0.0 cinder/api/common.py _get_limit_param clamps.
        return Math.min(limit, MAX_LIMIT);
    }

    private static Optional<Integer> number(Request request, String name) {
        return request.parameter(name).map(text -> {
            var value = parsed(name, text);
            if (value < 0) {
                throw ApiErrorException.badRequest(name + " param must be positive");
            }
            return value;
        });
    }

    private static int parsed(String name, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw ApiErrorException.badRequest(name + " param must be an integer");
        }
    }

    /**
     * EVS API reference: error_codes EVS.1024. The link of the native list has this parameter; that the list accepts it
     * is guessed.
     */
    private static Optional<String> marker(Request request, boolean isNative) {
        var marker = request.parameter("marker");
        if (isNative && marker.isPresent()) {
            try {
                UUID.fromString(marker.get());
            } catch (IllegalArgumentException e) {
                throw ApiErrorException.ofEvs(400, "EVS.1024", "invalid filter marker!", "invalid filter marker!");
            }
        }
        return marker;
    }

    /** Cinder 12.0.0 cinder/api/common.py get_sort_params. The message for an unknown key is guessed. */
    private static List<ListQuery.Sort> sorts(Request request, Set<String> allowed) {
        var key = request.parameter("sort_key");
        var direction = request.parameter("sort_dir");
        var sort = request.parameter("sort");
        if (sort.isEmpty()) {
            return List.of(sort(key.orElse("created_at"), direction.orElse("desc"), allowed));
        }
        if (key.isPresent() || direction.isPresent()) {
            throw ApiErrorException.badRequest(
                    "The 'sort_key' and 'sort_dir' parameters are deprecated and cannot be used with the 'sort' parameter.");
        }
        return Arrays.stream(sort.get().split(","))
                .map(String::strip)
                .map(text -> text.contains(":") ? text.split(":", 2) : new String[] {text, "desc"})
                .map(pair -> sort(pair[0], pair[1], allowed))
                .toList();
    }

    private static ListQuery.Sort sort(String requested, String direction, Set<String> allowed) {
        // Cinder 12.0.0 cinder/api/v3/snapshots.py; python-cinderclient sends the name of the column.
        var key = "display_name".equals(requested) ? "name" : requested;
        if (!allowed.contains(key)) {
            throw ApiErrorException.badRequest("Invalid input received: Sort key supplied is invalid: " + key);
        }
        if (!"asc".equals(direction) && !"desc".equals(direction)) {
            throw ApiErrorException.badRequest(
                    "Invalid input received: Unknown sort direction, must be one of: asc, desc.");
        }
        return new ListQuery.Sort(key, "asc".equals(direction));
    }
}
