/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Thrown when a call of the cloud failed. The caller needs two facts: what helps ({@link Kind#remedy()}), and whether the cloud
 * may have acted in spite of the failure ({@link #mayHaveActed()}).
 */
public final class CloudException extends RuntimeException {

    /** What helps after a failure. */
    public enum Remedy {
        /** Time: the operator repeats the call automatically. */
        TIME,
        /** The user must change the spec. Until then, the operator repeats no mutating call. */
        NEW_SPEC,
        /**
         * An administrator must correct quota, permissions, credentials or settings. The operator repeats the call at the
         * maximum back-off and so detects the correction.
         */
        ADMINISTRATOR
    }

    /** The kind of a failure. The table that classifies failures is in {@code cloud.http.error}. */
    public enum Kind {
        /** No response, a truncated response, or a server error. */
        TRANSIENT(Remedy.TIME),
        /** Too many calls. The whole connection slows down. */
        THROTTLED(Remedy.TIME),
        /** The quota of snapshots or of volumes is used up. Deletes are not affected. */
        QUOTA(Remedy.ADMINISTRATOR),
        /** The volume or the snapshot is in a transient state. */
        BUSY(Remedy.TIME),
        /** The cloud will never accept this request unchanged. */
        INVALID_REQUEST(Remedy.NEW_SPEC),
        /** Wrong credentials, missing permissions, or a frozen account. */
        NOT_AUTHORIZED(Remedy.ADMINISTRATOR),
        /** The volume of the create request does not exist in this project. */
        VOLUME_NOT_FOUND(Remedy.NEW_SPEC),
        /** The volume is attached, and the request does not contain force. */
        VOLUME_ATTACHED(Remedy.NEW_SPEC),
        /** The volume or snapshot is in a state that only an administrator or the provider can end. */
        UNUSABLE_STATE(Remedy.ADMINISTRATOR),
        /** With the configured endpoint, project, TLS or proxy, no EVS API responds. */
        MISCONFIGURED(Remedy.ADMINISTRATOR),
        /** A definite rejection that no rule of the catalog matches. */
        UNKNOWN(Remedy.ADMINISTRATOR);

        private final Remedy remedy;

        Kind(Remedy remedy) {
            this.remedy = remedy;
        }

        public Remedy remedy() {
            return remedy;
        }
    }

    /** The scope of a used-up quota. The budget suspends creates of snapshots in this scope only. */
    public enum QuotaScope {
        /** The number of snapshots of one volume (7 created by users on Open Telekom Cloud). */
        VOLUME,
        /** The number of snapshots or gigabytes of the project. */
        PROJECT,
        /** The number or the gigabytes of the volumes of the project. Creates of snapshots continue. */
        VOLUMES
    }

    /**
     * The facts about a failed call. No component contains a credential.
     *
     * @param operation what the operator tried, in words, for example {@code create snapshot s-1 of volume 5aa1…}
     * @param httpStatus empty if no response arrived
     * @param code the vendor code, for example {@code EVS.5404}, cleaned
     * @param cloudMessage the message of the response, cleaned; or what happened to the connection
     * @param advice what helps, in one or two sentences
     * @param requestId the id that the cloud gave the call, for its support
     * @param retryAfter the least time before a similar call: as the cloud asked, or as the catalog knows, at most one hour;
     *     empty if the back-off of the caller is sufficient
     * @param mayHaveActed whether the cloud may have executed a mutating call although the operator has no proof
     * @param quotaScope present only for {@link Kind#QUOTA}, and then always
     */
    @RecordBuilder
    @RecordBuilder.Options(addConcreteSettersForOptional = true)
    public record Details(
            Kind kind,
            String operation,
            Optional<Integer> httpStatus,
            Optional<String> code,
            String cloudMessage,
            String advice,
            Optional<String> requestId,
            Optional<Duration> retryAfter,
            boolean mayHaveActed,
            Optional<QuotaScope> quotaScope) {
        private static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);

        public Details {
            Objects.requireNonNull(kind);
            Objects.requireNonNull(operation);
            Objects.requireNonNull(cloudMessage);
            Objects.requireNonNull(advice);
            retryAfter = retryAfter.map(wait -> wait.compareTo(MAX_RETRY_AFTER) < 0 ? wait : MAX_RETRY_AFTER);
            if (quotaScope.isPresent() != (kind == Kind.QUOTA)) {
                throw new IllegalArgumentException(
                        "only a failure of kind QUOTA has a quota scope, and it must have one");
            }
        }
    }

    private final transient Details details;

    public CloudException(Details details, Throwable cause) {
        super(describe(details), cause);
        this.details = details;
    }

    public CloudException(Details details) {
        this(details, null);
    }

    private static String describe(Details details) {
        return "Tried to " + details.operation() + " but "
                + details.code()
                        .map(code -> "the cloud responded with " + code + ": ")
                        .orElse(details.httpStatus()
                                .map(status -> "the cloud responded with " + status + ": ")
                                .orElse(""))
                + details.cloudMessage();
    }

    public Details details() {
        return details;
    }

    public Kind kind() {
        return details.kind();
    }

    /** Returns whether the cloud may have executed the mutating call; false for a definite rejection. */
    public boolean mayHaveActed() {
        return details.mayHaveActed();
    }
}
