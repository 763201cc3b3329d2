/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import io.snapshotoperator.evs.cloud.CloudClient;
import io.snapshotoperator.evs.cloud.CloudJob;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.CreateVolumeRequest;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.Page;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.VolumeCreation;
import io.snapshotoperator.evs.cloud.VolumeFilter;
import io.snapshotoperator.evs.cloud.VolumeId;
import java.util.Optional;

/** The base of fake clients for tests without volumes and jobs. Each call of them is an error of the test. */
public abstract class SnapshotsOnlyClient implements CloudClient {
    @Override
    public VolumeCreation createVolume(CreateVolumeRequest volume) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<CloudVolume> readVolume(VolumeId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Page<CloudVolume> listVolumes(VolumeFilter filter, PageRequest page) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean deleteVolume(VolumeId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<CloudJob> readJob(JobId id) {
        throw new UnsupportedOperationException();
    }
}
