/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.http.error.ErrorCatalog;

/**
 * Why there is no answer that could be read. The counterpart of {@link ErrorCatalog} for calls that the cloud did not
 * answer; {@code {endpoint}} and the like in an advice stand for keys of settings.
 */
public enum NoResponseCause {
    UNKNOWN_HOST(
            Kind.TRANSIENT,
            false,
            "the host's name is not known",
            "If this lasts, correct {endpoint} or the cluster's name resolution."),
    CONNECTION_REFUSED(
            Kind.TRANSIENT,
            false,
            "no connection could be made",
            "If this lasts, correct {endpoint} or {proxy}, or open the way through firewall and network policy."),
    CONNECT_TIMEOUT(
            Kind.TRANSIENT,
            false,
            "no connection was made in time",
            "If this lasts, correct {endpoint} or {proxy}, or open the way through firewall and network policy."),
    CERTIFICATE_NOT_TRUSTED(
            Kind.MISCONFIGURED,
            false,
            "the other side's certificate is not trusted",
            "Put the certificate of the authority that signed it into {ca-bundle}, or correct {endpoint}."),
    TLS_HANDSHAKE_FAILED(
            Kind.TRANSIENT,
            false,
            "the TLS handshake failed",
            "If this lasts, see whether {endpoint} really speaks HTTPS, and whether {proxy} lets it pass."),
    PROXY_REFUSED(
            Kind.MISCONFIGURED,
            false,
            "the proxy refused to connect",
            "Let the proxy of {proxy} pass connections to this host, or leave the proxy out for it."),
    DEADLINE_EXCEEDED(
            Kind.TRANSIENT,
            false,
            "logging in took so long that it was not sent any more",
            "Nothing to do; it is tried again. If this lasts, look at {iam-endpoint}, or raise {timeout}."),
    TIMEOUT(
            Kind.TRANSIENT,
            true,
            "no answer came in time",
            "Nothing to do; it is tried again. If this lasts, raise {timeout}."),
    RESPONSE_TRUNCATED(
            Kind.TRANSIENT,
            true,
            "the connection broke off before the answer was whole",
            "Nothing to do; it is tried again."),
    INTERRUPTED(
            Kind.TRANSIENT, true, "the operator stopped waiting for the answer", "Nothing to do; it is tried again."),
    UNREADABLE_RESPONSE(
            Kind.TRANSIENT,
            true,
            "the answer could not be read",
            "If this lasts, see whether {endpoint} really is the EVS API and {family} fits it."),
    INVALID_ID(
            Kind.INVALID_REQUEST,
            false,
            "that is not the id of a snapshot, so it was not sent",
            "Correct the id: EVS ids are UUIDs.");

    private final Kind kind;
    private final boolean mayHaveLeft;
    private final String what;
    private final String advice;

    NoResponseCause(Kind kind, boolean mayHaveLeft, String what, String advice) {
        this.kind = kind;
        this.mayHaveLeft = mayHaveLeft;
        this.what = what;
        this.advice = advice;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the request may have reached the cloud all the same. */
    public boolean mayHaveBeenSent() {
        return mayHaveLeft;
    }

    /** What happened, as the end of a sentence. */
    public String text() {
        return what;
    }

    /** What would help; one or two sentences. */
    public String advice() {
        return advice;
    }
}
