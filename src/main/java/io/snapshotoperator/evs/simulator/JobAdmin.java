/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Reads the jobs and makes the cloud forget them. The call log does not contain this. */
public final class JobAdmin {

    private final CloudState cloud;

    JobAdmin(CloudState cloud) {
        this.cloud = cloud;
    }

    /** Returns the jobs of all projects that the cloud still knows, oldest first. */
    public List<Job> all() {
        return cloud.jobs();
    }

    public Optional<Job> find(String id) {
        return cloud.findJob(id);
    }

    /**
     * Makes the id unknown, while the work of the job continues. Throws {@link NoSuchElementException} if it is unknown
     * already.
     */
    public void forget(String id) {
        if (!cloud.forgetJob(id)) {
            throw new NoSuchElementException("There is no job " + id + ".");
        }
    }

    /** Makes the ids of all present jobs unknown, while their work continues. */
    public void forgetAll() {
        all().forEach(job -> cloud.forgetJob(job.id()));
    }
}
