/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A call that the cloud did not answer as hoped. Two things matter to the caller: what would help ({@link
 * Kind#remedy()}), and whether the cloud may have acted all the same ({@link #mayHaveActed()}).
 */
public final class CloudException extends RuntimeException {

    /** What could make the same wish succeed. */
    public enum Remedy {
        /** Nothing to do but wait; we ask again by ourselves. */
        TIME,
        /** The object's author must change the spec; no further order until then. */
        NEW_SPEC,
        /** Someone must repair quota, rights, credentials or settings; a slow routine look finds the repair. */
        ADMINISTRATOR
    }

    /** The classes into which every failure falls; the table that sorts them is in {@code cloud.http}. */
    public enum Kind {
        /** No answer, a cut answer, or a fault of the server's. */
        TRANSIENT(Remedy.TIME),
        /** Too many calls; the whole connection slows down. */
        THROTTLED(Remedy.TIME),
        /** A quota, or the number of snapshots that a disk may have, is used up. Deletes are not affected. */
        QUOTA(Remedy.ADMINISTRATOR),
        /** The disk or the snapshot is in a passing state. */
        BUSY(Remedy.TIME),
        /** The cloud will never accept this request as it is. */
        INVALID_REQUEST(Remedy.NEW_SPEC),
        /** Wrong credentials, missing rights, a frozen account. */
        NOT_AUTHORIZED(Remedy.ADMINISTRATOR),
        /** The disk to be snapshotted does not exist in this project. */
        VOLUME_NOT_FOUND(Remedy.NEW_SPEC),
        /** The disk is attached and the request did not say force. */
        VOLUME_ATTACHED(Remedy.NEW_SPEC),
        /** The disk or snapshot is in a state that only a person or the provider can end. */
        UNUSABLE_STATE(Remedy.ADMINISTRATOR),
        /** Endpoint, project, TLS or proxy are set so that no EVS API answers. */
        MISCONFIGURED(Remedy.ADMINISTRATOR),
        /** A definite refusal that no line of the catalogue knows. */
        UNKNOWN(Remedy.ADMINISTRATOR);

        private final Remedy remedy;

        Kind(Remedy remedy) {
            this.remedy = remedy;
        }

        public Remedy remedy() {
            return remedy;
        }
    }

    /** What a used-up quota is about: it closes creates there, and nowhere else. */
    public enum QuotaScope {
        /** The number of snapshots that one disk may have (7 made by hand on Open Telekom Cloud). */
        VOLUME,
        /** The project's number of snapshots or gigabytes. */
        PROJECT
    }

    /**
     * What is known of the failed call. No field ever holds a credential.
     *
     * @param operation what was tried, in words for a person, e.g. {@code create snapshot of volume 5aa1…}
     * @param httpStatus empty when no answer came
     * @param code the vendor's code, e.g. {@code EVS.5404}, verbatim
     * @param cloudMessage the vendor's message, verbatim but bounded; or what happened to the connection
     * @param advice one sentence that says what would help
     * @param requestId the cloud's id of the call, for its support
     * @param retryAfter how long at least to wait before the like is tried again: what the cloud asked for, or what the
     *     catalogue knows to be needed; empty when the caller's own backoff will do
     * @param mayHaveActed whether the cloud may have carried the order out although we have no proof of it
     * @param quotaScope present exactly for {@link Kind#QUOTA}
     */
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
        public Details {
            Objects.requireNonNull(kind);
            Objects.requireNonNull(operation);
            Objects.requireNonNull(cloudMessage);
            Objects.requireNonNull(advice);
            if (quotaScope.isPresent() != (kind == Kind.QUOTA)) {
                throw new IllegalArgumentException("a quota, and nothing else, has a scope");
            }
        }

        /** A quota is taken to be the disk's, which closes the least. */
        public Details(
                Kind kind,
                String operation,
                Optional<Integer> httpStatus,
                Optional<String> code,
                String cloudMessage,
                String advice,
                Optional<String> requestId,
                Optional<Duration> retryAfter,
                boolean mayHaveActed) {
            this(
                    kind,
                    operation,
                    httpStatus,
                    code,
                    cloudMessage,
                    advice,
                    requestId,
                    retryAfter,
                    mayHaveActed,
                    kind == Kind.QUOTA ? Optional.of(QuotaScope.VOLUME) : Optional.empty());
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
                        .map(code -> "the cloud answered " + code + ": ")
                        .orElse(details.httpStatus()
                                .map(status -> "the cloud answered " + status + ": ")
                                .orElse(""))
                + details.cloudMessage();
    }

    public Details details() {
        return details;
    }

    public Kind kind() {
        return details.kind();
    }

    /** Whether the order may have been carried out although we have no proof of it; false for a definite refusal. */
    public boolean mayHaveActed() {
        return details.mayHaveActed();
    }
}
