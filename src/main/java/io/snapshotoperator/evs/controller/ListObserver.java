/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.snapshotoperator.evs.cloud.CloudClient;
import io.snapshotoperator.evs.cloud.CloudJob;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.CreateVolumeRequest;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.Page;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.cloud.VolumeCreation;
import io.snapshotoperator.evs.cloud.VolumeFilter;
import io.snapshotoperator.evs.cloud.VolumeId;
import java.util.Optional;

/**
 * Reports each page that arrives. A list of many pages is one read for its caller, which ends long after the cloud responded
 * for the first time.
 *
 * @param onPage called after each page
 */
record ListObserver(CloudClient client, Runnable onPage) implements CloudClient {

    @Override
    public Page<CloudSnapshot> list(SnapshotFilter filter, PageRequest page) {
        var listed = client.list(filter, page);
        onPage.run();
        return listed;
    }

    @Override
    public Page<CloudVolume> listVolumes(VolumeFilter filter, PageRequest page) {
        var listed = client.listVolumes(filter, page);
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

    @Override
    public VolumeCreation createVolume(CreateVolumeRequest volume) {
        return client.createVolume(volume);
    }

    @Override
    public Optional<CloudVolume> readVolume(VolumeId id) {
        return client.readVolume(id);
    }

    @Override
    public boolean deleteVolume(VolumeId id) {
        return client.deleteVolume(id);
    }

    @Override
    public Optional<CloudJob> readJob(JobId id) {
        return client.readJob(id);
    }
}
