/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Objects;
import java.util.Optional;

/**
 * One job as the cloud describes it (EVS API reference, "Querying Task Status"). All texts are bounded and clean ({@link
 * CloudText}).
 *
 * @param volumeId the volume that the job creates. It can be there before the job ends, and it can be absent
 * @param errorCode the code of the failure; empty unless the job failed
 * @param failReason the text of the failure, which can contain a response of Cinder; the empty text if there is none
 */
public record CloudJob(
        JobId id, JobState state, Optional<VolumeId> volumeId, Optional<String> errorCode, String failReason) {
    public CloudJob {
        Objects.requireNonNull(id);
        Objects.requireNonNull(state);
        Objects.requireNonNull(failReason);
    }
}
