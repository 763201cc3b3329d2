/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Reads the query of a list request. A family ignores parameters that it does not define (Cinder 12.0.0
 * cinder/api/v2/snapshots.py, remove_invalid_filter_options).
 */
final class ListQueries {

    /** EVS API reference: querying_details_about_evs_snapshots (limit 1..1000, default 1000). */
    static final int MAX_LIMIT = 1000;

    private ListQueries() {}

    static ListQuery read(Request request, ApiCall call) {
        var isNative = call.family() == Family.NATIVE;
        var detailed = call.operation() == Operation.LIST;
        var ids = request.parameters().stream()
                .filter(parameter -> isNative && "id".equals(parameter.name()))
                .map(Request.Parameter::value)
                .collect(Collectors.toUnmodifiableSet());
        var filter = new ListQuery.Filter(
                request.parameter("name"),
                request.parameter("status"),
                request.parameter("volume_id"),
                detailed ? request.parameter("availability_zone") : Optional.empty(),
                ids);
        return new ListQuery(
                filter,
                limit(request, isNative),
                number(request, "offset").orElse(0),
                marker(request, isNative),
                !isNative && ascending(request));
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

    /** The simulator sorts only by created_at, the default of Cinder. */
    private static boolean ascending(Request request) {
        var direction = request.parameter("sort_dir").orElse("desc");
        if (!"asc".equals(direction) && !"desc".equals(direction)) {
            throw ApiErrorException.badRequest(
                    "Invalid input received: Unknown sort direction, must be one of: asc, desc.");
        }
        return "asc".equals(direction);
    }
}
