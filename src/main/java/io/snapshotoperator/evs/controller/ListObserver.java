/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotClient;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotPage;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import java.util.Optional;

/**
 * Reports each page that arrives. A list of many pages is one read for its caller, which ends long after the cloud responded
 * for the first time.
 *
 * @param onPage called after each page
 */
record ListObserver(SnapshotClient client, Runnable onPage) implements SnapshotClient {

    @Override
    public SnapshotPage list(SnapshotFilter filter, PageRequest page) {
        var listed = client.list(filter, page);
        onPage.run();
        return listed;
    }

    @Override
    public CloudLocation authenticate() {
        return client.authenticate();
    }

    @Override
    public CloudSnapshot create(CreateSnapshotRequest snapshot) {
        return client.create(snapshot);
    }

    @Override
    public Optional<CloudSnapshot> read(SnapshotId id) {
        return client.read(id);
    }

    @Override
    public Optional<CloudSnapshot> update(SnapshotId id, UpdateSnapshotRequest change) {
        return client.update(id, change);
    }

    @Override
    public boolean delete(SnapshotId id) {
        return client.delete(id);
    }

    @Override
    public boolean supportsMarkerPaging() {
        return client.supportsMarkerPaging();
    }
}
