/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import io.snapshotoperator.evs.cloud.CloudJob;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.List;
import java.util.Optional;

/** {@code GET /v1/{project_id}/jobs/{id}} (EVS API reference, "Querying Task Status"): 200. Cinder has no jobs. */
public record ReadJobCall(JobId id) implements EvsCall<CloudJob> {

    @Override
    public CallDescription description() {
        return new CallDescription(CloudOperation.READ_JOB, "read job " + id);
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String version() {
        return "v1";
    }

    @Override
    public List<String> path(ApiFamily family) {
        return List.of("jobs", id.value());
    }

    /** Returns empty also if the response contains another job. */
    @Override
    public Optional<CloudJob> read(CloudHttpResponse response) {
        return WireJob.of(response, id);
    }
}
