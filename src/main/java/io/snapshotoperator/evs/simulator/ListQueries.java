/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Reads the query of a list. What a family does not know it ignores, in silence (Cinder 12.0.0 cinder/api/v2/snapshots.py,
 * remove_invalid_filter_options).
 */
final class ListQueries {

    /** EVS API reference: querying_details_about_evs_snapshots (limit 1..1000, default 1000). */
    static final int LARGEST_PAGE = 1000;

    private ListQueries() {}

    static ListQuery read(Request request, ApiCall call) {
        var isNative = call.family() == Family.NATIVE;
        var detailed = call.operation() == Operation.LIST;
        var ids = request.parameters().stream()
                .filter(parameter -> isNative && "id".equals(parameter.name()))
                .map(Request.Parameter::value)
                .collect(Collectors.toUnmodifiableSet());
        return new ListQuery(
                request.parameter("name"),
                request.parameter("status"),
                request.parameter("volume_id"),
                detailed ? request.parameter("availability_zone") : Optional.empty(),
                ids,
                limit(request, isNative),
                number(request, "offset").orElse(0),
                marker(request, isNative),
                !isNative && ascending(request));
    }

    /** Zero is refused like a negative number: EVS API reference, error_codes EVS.5400 (limit 1..1000). */
    private static int limit(Request request, boolean isNative) {
        var limit = number(request, "limit").orElse(LARGEST_PAGE);
        if (limit == 0) {
            throw ApiErrorException.badRequest("limit param must be positive");
        }
        if (limit > LARGEST_PAGE && isNative) {
            var message = "invalid filter limit, can not greater than 1000.";
            throw ApiErrorException.ofEvs(400, "EVS.2142", message, message);
        }
        // Cinder 12.0.0 cinder/api/common.py _get_limit_param clamps.
        return Math.min(limit, LARGEST_PAGE);
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

    /** EVS API reference: error_codes EVS.1024; that the native list knows the parameter is guessed from its own link. */
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

    /** Only sorting by created_at, Cinder's default, is simulated. */
    private static boolean ascending(Request request) {
        var direction = request.parameter("sort_dir").orElse("desc");
        if (!"asc".equals(direction) && !"desc".equals(direction)) {
            throw ApiErrorException.badRequest(
                    "Invalid input received: Unknown sort direction, must be one of: asc, desc.");
        }
        return "asc".equals(direction);
    }
}
