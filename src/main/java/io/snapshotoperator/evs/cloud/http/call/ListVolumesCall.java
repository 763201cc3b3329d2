/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.Page;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.VolumeFilter;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code GET …/cloudvolumes/detail} (EVS API reference, "Querying Details About Disks") and {@code GET
 * …/volumes/detail} (OpenStack Cinder, "List accessible volumes with details"): 200. Both have a limit, an offset,
 * a marker and a filter by status. As for {@link ListCall}, the client follows no link.
 */
public record ListVolumesCall(VolumeFilter filter, PageRequest page) implements EvsCall<Page<CloudVolume>> {

    @Override
    public CallDescription description() {
        return new CallDescription(
                CloudOperation.LIST_VOLUMES,
                "list volumes"
                        + filter.status().map(word -> " in status " + word).orElse(""));
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public List<String> path(ApiFamily family) {
        return List.of(family.volumes(), "detail");
    }

    @Override
    public List<Map.Entry<String, String>> query() {
        var query = new ArrayList<>(WirePage.queryOf(page));
        filter.status().ifPresent(word -> query.add(Map.entry("status", word)));
        return query;
    }

    @Override
    public int maxResponseBytes() {
        return MAX_PAGE_BYTES;
    }

    @Override
    public Optional<Page<CloudVolume>> read(CloudHttpResponse response) {
        return WirePage.read(response, "volumes", WireVolume::read);
    }
}
