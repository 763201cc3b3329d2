/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import io.snapshotoperator.evs.cloud.CloudException.Kind;

/**
 * The reason why a call has no readable response. The counterpart of the error catalog. Names in braces in an advice, such as
 * {@code {endpoint}}, stand for keys of settings.
 */
public enum NoResponseCause {
    UNKNOWN_HOST(
            Kind.TRANSIENT,
            false,
            "the host name is unknown",
            "If this continues, correct {endpoint} or the name resolution of the cluster."),
    ADDRESS_NOT_ALLOWED(
            Kind.MISCONFIGURED,
            false,
            "the host has an address that is not public, so the request was not sent",
            "Correct {endpoint}. Or an administrator of the operator allows such addresses:"
                    + " evs.connections.private-addresses."),
    CONNECTION_REFUSED(
            Kind.TRANSIENT,
            false,
            "the connection failed",
            "If this continues, correct {endpoint} or {proxy}, or allow the connection in firewall and network policy."),
    CONNECT_TIMEOUT(
            Kind.TRANSIENT,
            false,
            "the connection timed out",
            "If this continues, correct {endpoint} or {proxy}, or allow the connection in firewall and network policy."),
    CERTIFICATE_NOT_TRUSTED(
            Kind.MISCONFIGURED,
            false,
            "the certificate of the server is not trusted",
            "Add the certificate of its certificate authority to {ca-bundle}, or correct {endpoint}."),
    TLS_HANDSHAKE_FAILED(
            Kind.TRANSIENT,
            false,
            "the TLS handshake failed",
            "If this continues, check that {endpoint} serves HTTPS and that {proxy} allows the connection."),
    PROXY_REFUSED(
            Kind.MISCONFIGURED,
            false,
            "the proxy rejected the connection",
            "Allow connections to this host in the proxy of {proxy}, or exclude the host from the proxy."),
    DEADLINE_EXCEEDED(
            Kind.TRANSIENT,
            false,
            "the login took too long, so the request was not sent",
            "Nothing to do: the operator tries again. If this continues, check {iam-endpoint} or increase {timeout}."),
    TIMEOUT(
            Kind.TRANSIENT,
            true,
            "no response arrived in time",
            "Nothing to do: the operator tries again. If this continues, increase {timeout}."),
    RESPONSE_TRUNCATED(
            Kind.TRANSIENT,
            true,
            "the connection ended before the response was complete",
            "Nothing to do: the operator tries again."),
    INTERRUPTED(
            Kind.TRANSIENT,
            true,
            "the operator stopped waiting for the response",
            "Nothing to do: the operator tries again."),
    UNREADABLE_RESPONSE(
            Kind.TRANSIENT,
            true,
            "the response is unreadable",
            "If this continues, check that {endpoint} is the EVS API and that {family} matches it."),
    INVALID_ID(
            Kind.INVALID_REQUEST,
            false,
            "the id is not valid, so the request was not sent",
            "Correct the id: EVS ids are UUIDs.");

    private final Kind kind;
    private final boolean mayHaveBeenSent;
    private final String text;
    private final String advice;

    NoResponseCause(Kind kind, boolean mayHaveBeenSent, String text, String advice) {
        this.kind = kind;
        this.mayHaveBeenSent = mayHaveBeenSent;
        this.text = text;
        this.advice = advice;
    }

    public Kind kind() {
        return kind;
    }

    /** Returns whether the request may have reached the cloud. */
    public boolean mayHaveBeenSent() {
        return mayHaveBeenSent;
    }

    /** Returns what happened, as the end of the sentence "Tried to … but …". */
    public String text() {
        return text;
    }

    /** Returns what helps, in one or two sentences. */
    public String advice() {
        return advice;
    }
}
