/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.Page;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code GET …/cloudsnapshots/detail} (EVS API reference, "Querying Details About Snapshots"): 200. The client never follows
 * the links of the response: the documented links contain an internal host and the path of the other family.
 */
public record ListCall(SnapshotFilter filter, PageRequest page) implements EvsCall<Page<CloudSnapshot>> {

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
    public List<String> path(ApiFamily family) {
        return List.of(family.snapshots(), "detail");
    }

    @Override
    public List<Map.Entry<String, String>> query() {
        var query = new ArrayList<>(WirePage.queryOf(page));
        filter.volumeId().ifPresent(id -> query.add(Map.entry("volume_id", id.value())));
        filter.status().ifPresent(word -> query.add(Map.entry("status", word)));
        return query;
    }

    @Override
    public int maxResponseBytes() {
        return MAX_PAGE_BYTES;
    }

    @Override
    public Optional<Page<CloudSnapshot>> read(CloudHttpResponse response) {
        return WirePage.read(response, "snapshots", WireSnapshot::read);
    }
}
