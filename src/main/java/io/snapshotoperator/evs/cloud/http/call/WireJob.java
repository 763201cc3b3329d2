/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.snapshotoperator.evs.cloud.CloudJob;
import io.snapshotoperator.evs.cloud.CloudText;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.JobState;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import java.util.Optional;

/**
 * Reads a job from JSON (EVS API reference, "Querying Task Status"). The job itself has the fields at the top of
 * the response. A job for several volumes has sub-jobs of the same form; the volume and the failure of an only
 * sub-job count as those of the job. A job whose volume id is not usable is unreadable.
 */
final class WireJob {
    private WireJob() {}

    /** Reads the job of a response; empty if it is another one, or if its volume id is not usable. */
    static Optional<CloudJob> of(CloudHttpResponse response, JobId id) {
        return response.complete()
                ? response.json().flatMap(json -> read(json, id, response.text()))
                : Optional.empty();
    }

    private static Optional<CloudJob> read(JsonNode json, JobId id, CloudText text) {
        var volume = WireFields.reference(json.path("entities"), "volume_id", text);
        var onlySubJob = onlySubJob(json);
        var volumeOfSubJob = WireFields.reference(onlySubJob.path("entities"), "volume_id", text);
        if (!isSame(id, WireFields.raw(json, "job_id").orElse("")) || !volume.usable() || !volumeOfSubJob.usable()) {
            return Optional.empty();
        }
        var state = JobState.ofWire(WireFields.raw(json, "status").orElse(null));
        return Optional.of(new CloudJob(
                id,
                state,
                volume.id().or(volumeOfSubJob::id).map(VolumeId::new),
                errorCode(json, text).or(() -> errorCode(onlySubJob, text)).filter(code -> state == JobState.FAIL),
                failReason(json, text).or(() -> failReason(onlySubJob, text)).orElse("")));
    }

    /** Whether both ids are the same, where a UUID can have dashes or not: the documented examples have both forms. */
    private static boolean isSame(JobId requested, String received) {
        return requested.value().replace("-", "").equalsIgnoreCase(received.replace("-", ""));
    }

    private static JsonNode onlySubJob(JsonNode json) {
        var subJobs = json.path("entities").path("sub_jobs");
        return subJobs.path(subJobs.size() == 1 ? 0 : -1);
    }

    private static Optional<String> errorCode(JsonNode json, CloudText text) {
        return WireFields.raw(json, "error_code").flatMap(text::code);
    }

    private static Optional<String> failReason(JsonNode json, CloudText text) {
        return WireFields.raw(json, "fail_reason")
                .map(reason -> text.clean(reason, CloudText.MAX_MESSAGE))
                .filter(reason -> !reason.isEmpty());
    }
}
