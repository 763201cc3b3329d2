/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;

/** What a failure of the cloud means for the object that met it. */
public final class FailureReasons {
    private FailureReasons() {}

    /** The reason that a class of failures carries. */
    private static Reason reasonFor(CloudException.Kind kind) {
        return switch (kind) {
            case TRANSIENT -> CommonReason.CloudUnavailable;
            case THROTTLED -> CommonReason.Throttled;
            case QUOTA -> CommonReason.QuotaExceeded;
            case BUSY -> CommonReason.VolumeBusy;
            case INVALID_REQUEST -> CommonReason.InvalidRequest;
            case NOT_AUTHORIZED -> CommonReason.NotAuthorized;
            case VOLUME_NOT_FOUND -> CommonReason.VolumeNotFound;
            case VOLUME_ATTACHED -> CommonReason.VolumeAttached;
            case UNUSABLE_STATE -> CommonReason.VolumeUnusable;
            case MISCONFIGURED -> CommonReason.ConnectionMisconfigured;
            case UNKNOWN -> CommonReason.Rejected;
        };
    }

    /**
     * The verdict on a failure. Trouble that time heals comes with changing texts (hosts, times, request ids), so these
     * stay out of the message; a refusal is repeated word for word, because it is what the author must act on. Where no
     * answer came at all, a setting may be wrong, and the advice names it.
     */
    public static Verdict verdictFor(CloudException.Details failure) {
        var reason = reasonFor(failure.kind());
        if (failure.kind().remedy() == CloudException.Remedy.TIME) {
            return Verdict.of(reason, failure.httpStatus().isEmpty() ? failure.advice() : "");
        }
        var said = "The cloud said: " + failure.code().map(code -> code + ": ").orElse("") + failure.cloudMessage();
        var sentence = said.endsWith(".") ? said : said + ".";
        return switch (failure.kind()) {
            // The reason's own sentence says already what helps.
            case VOLUME_NOT_FOUND, VOLUME_ATTACHED -> Verdict.of(reason, sentence);
            default -> Verdict.of(reason, sentence + " " + failure.advice());
        };
    }
}
