/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.snapshotoperator.evs.cloud.CloudText;
import io.snapshotoperator.evs.cloud.Page;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Writes the parameters of a page, and reads a page. Lists of snapshots and of volumes have the same form. */
final class WirePage {
    private WirePage() {}

    /** Returns the parameters that select a page. */
    static List<Map.Entry<String, String>> queryOf(PageRequest page) {
        return List.of(
                Map.entry("limit", Integer.toString(page.limit())),
                page.after()
                        .map(id -> Map.entry("marker", id))
                        .orElseGet(() -> Map.entry("offset", Integer.toString(page.offset()))));
    }

    /**
     * Reads a page {@code {"count":…,"name":[…],"name_links":[…]}}; empty if it is unreadable. Leaves out entries
     * that the reader cannot read, and counts them: from a page with missing entries, the caller would conclude
     * that an object is absent, and would create it again. One such entry of another tool must not hide all other
     * entries.
     */
    static <T> Optional<Page<T>> read(
            CloudHttpResponse response, String name, BiFunction<JsonNode, CloudText, Optional<T>> reader) {
        var list = response.json();
        var entries = list.map(json -> json.path(name)).filter(JsonNode::isArray);
        if (!response.complete() || entries.isEmpty()) {
            return Optional.empty();
        }
        var items = new ArrayList<T>(entries.get().size());
        var text = response.text();
        for (var entry : entries.get()) {
            reader.apply(entry, text).ifPresent(items::add);
        }
        return Optional.of(new Page<>(
                items,
                entries.get().size() - items.size(),
                list.flatMap(WirePage::count),
                list.map(json -> json.path(name + "_links"))
                        .filter(WirePage::hasNext)
                        .isPresent()));
    }

    /** Returns the number of items on all pages. Only the native family has it. */
    private static Optional<Integer> count(JsonNode list) {
        return Optional.of(list.path("count"))
                .filter(node -> node.canConvertToExactIntegral() && node.canConvertToInt() && node.intValue() >= 0)
                .map(JsonNode::intValue);
    }

    private static boolean hasNext(JsonNode links) {
        for (var link : links) {
            if ("next".equals(link.path("rel").asText())) {
                return true;
            }
        }
        return false;
    }
}
