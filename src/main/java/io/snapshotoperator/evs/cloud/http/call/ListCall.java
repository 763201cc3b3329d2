/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotPage;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code GET …/cloudsnapshots/detail} (EVS API reference, "Querying Details About Snapshots"): 200. The client never follows
 * the links of the response: the documented links contain an internal host and the path of the other family.
 */
public record ListCall(SnapshotFilter filter, PageRequest page) implements EvsCall<SnapshotPage> {
    /** The limit of a page. A thousand snapshots take about one megabyte. */
    private static final int MAX_PAGE_BYTES = 16 * 1024 * 1024;

    @Override
    public CallDescription description() {
        return new CallDescription(CloudOperation.LIST, "list snapshots" + ofVolume() + inStatus());
    }

    private String ofVolume() {
        return filter.volumeId().map(id -> " of volume " + id).orElse("");
    }

    private String inStatus() {
        return filter.status().map(word -> " in status " + word).orElse("");
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public List<String> path() {
        return List.of("detail");
    }

    @Override
    public List<Map.Entry<String, String>> query() {
        var query = new ArrayList<Map.Entry<String, String>>();
        query.add(Map.entry("limit", Integer.toString(page.limit())));
        page.after()
                .ifPresentOrElse(
                        id -> query.add(Map.entry("marker", id.value())),
                        () -> query.add(Map.entry("offset", Integer.toString(page.offset()))));
        filter.volumeId().ifPresent(id -> query.add(Map.entry("volume_id", id.value())));
        filter.status().ifPresent(word -> query.add(Map.entry("status", word)));
        return query;
    }

    @Override
    public int maxResponseBytes() {
        return MAX_PAGE_BYTES;
    }

    /**
     * Returns empty if the list is unreadable. Leaves out entries whose ids are not usable, and counts them: from a page with
     * missing entries, the caller would conclude that a snapshot is absent, and would create it again. One such entry of
     * another tool must not hide all other snapshots.
     */
    @Override
    public Optional<SnapshotPage> read(CloudHttpResponse response) {
        var list = response.json();
        var entries = list.map(json -> json.path("snapshots")).filter(JsonNode::isArray);
        if (!response.complete() || entries.isEmpty()) {
            return Optional.empty();
        }
        var snapshots = new ArrayList<CloudSnapshot>(entries.get().size());
        var text = response.text();
        for (var entry : entries.get()) {
            WireSnapshot.read(entry, text).ifPresent(snapshots::add);
        }
        return Optional.of(new SnapshotPage(
                snapshots,
                entries.get().size() - snapshots.size(),
                list.flatMap(ListCall::count),
                list.filter(ListCall::hasNext).isPresent()));
    }

    /** Returns the number of snapshots on all pages. Only the native family has it. */
    private static Optional<Integer> count(JsonNode list) {
        return Optional.of(list.path("count"))
                .filter(node -> node.canConvertToExactIntegral() && node.canConvertToInt() && node.intValue() >= 0)
                .map(JsonNode::intValue);
    }

    private static boolean hasNext(JsonNode list) {
        for (var link : list.path("snapshots_links")) {
            if ("next".equals(link.path("rel").asText())) {
                return true;
            }
        }
        return false;
    }
}
