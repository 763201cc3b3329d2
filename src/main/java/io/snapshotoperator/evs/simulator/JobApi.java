/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Handles the calls about jobs (EVS API reference: querying_task_status). */
final class JobApi {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final CloudState cloud;

    JobApi(CloudState cloud) {
        this.cloud = cloud;
    }

    SimulatedResponse get(ApiCall call, List<FaultRule> faults) {
        if (faults.stream().anyMatch(rule -> rule.fault() == Fault.JOB_FORGOTTEN)) {
            cloud.forgetJob(call.jobId());
        }
        var job = cloud.job(call.projectId(), call.jobId());
        return SimulatedResponse.json(200, json(job))
                .about(job.volumeId().orElse(null), null)
                .withJob(job.id());
    }

    /** Writes the fields of the examples. That the entities are empty before the volume exists is guessed. */
    static ObjectNode json(Job job) {
        var json = JSON.objectNode().put("status", job.status().name());
        var entities = json.putObject("entities");
        job.volumeId().ifPresent(id -> entities.put("volume_id", id));
        return json.put("job_id", job.id())
                .put("job_type", job.type().word())
                .put("begin_time", WireTime.ofJob(job.beganAt()))
                .put("end_time", job.endedAt().map(WireTime::ofJob).orElse(""))
                .put("error_code", job.failure().map(Job.Failure::code).orElse(null))
                .put("fail_reason", job.failure().map(Job.Failure::reason).orElse(null));
    }
}
