/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.condition.Verdict;

/** Converts a failed cloud call to the verdict on the object for which the operator sent it. */
public final class FailureReasons {
    private FailureReasons() {}

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
     * Returns the verdict on a failure. The message quotes the cloud only if someone must act on its words. The texts
     * of failures that end with time differ each time (hosts, times, request ids), so the message omits them. Without a
     * response, a setting can be wrong, and the advice names it.
     */
    public static Verdict verdictFor(CloudException.Details failure) {
        var reason = reasonFor(failure.kind());
        if (failure.kind().remedy() == CloudException.Remedy.TIME) {
            return Verdict.of(reason, failure.httpStatus().isEmpty() ? failure.advice() : "");
        }
        var quote = "Cloud message: " + failure.code().map(code -> code + ": ").orElse("") + failure.cloudMessage();
        var sentence = quote.endsWith(".") ? quote : quote + ".";
        return switch (failure.kind()) {
            // The advice of the reason is the better one.
            case VOLUME_NOT_FOUND, VOLUME_ATTACHED -> Verdict.of(reason, sentence);
            default -> Verdict.withAdvice(reason, sentence + " " + failure.advice());
        };
    }
}
