/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Optional;

/** The job calls of one connection. As for {@link SnapshotClient}, a call that fails throws {@link CloudException}. */
public interface JobClient {
    /**
     * Reads one job; empty if EVS says that it knows no such job (400 with the code Common.0011, or a 404 of EVS). The cloud need
     * not keep jobs, so nothing follows about what the job did.
     */
    Optional<CloudJob> readJob(JobId id);
}
