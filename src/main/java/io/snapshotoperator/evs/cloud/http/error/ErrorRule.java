/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudException.QuotaScope;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One line of the {@link ErrorCatalog}: which answers it is about, and what they mean.
 *
 * @param name unique and stable, for tests and documents
 * @param operations the operations it is about
 * @param statuses regular expression for the whole of the HTTP status; empty for any
 * @param codes regular expression for the whole of the vendor's code, the name of the object around the message, or the
 *     shape in brackets, such as {@code (html)}; empty for any
 * @param text regular expression found somewhere in the message; empty for any
 * @param kind empty when the answer is no failure: the cloud says that there is no such snapshot
 * @param authEffect what it says of the token or key that was used
 * @param minRetryDelay how long at least to leave the like alone
 * @param quotaScope what a quota closes
 * @param advice what would help; {@code {endpoint}} and the like stand for keys of settings
 * @param source where the fact comes from
 */
public record ErrorRule(
        String name,
        Set<CloudOperation> operations,
        String statuses,
        String codes,
        String text,
        Optional<Kind> kind,
        AuthEffect authEffect,
        Optional<Duration> minRetryDelay,
        Optional<QuotaScope> quotaScope,
        String advice,
        String source) {

    /** What an answer says of the token or key that was used. */
    public enum AuthEffect {
        /** Nothing. */
        NONE,
        /** It was not accepted, and the request was refused before anything was done: a new token may help. */
        REJECTED,
        /** It, or its owner, is locked for a while; every further try prolongs that. */
        LOCKED
    }

    boolean matches(CloudOperation operation, int status, ErrorBody body) {
        return operations.contains(operation)
                && (statuses.isEmpty() || Integer.toString(status).matches(statuses))
                && (codes.isEmpty() || body.names().stream().anyMatch(name -> matches(codes, name, true)))
                && (text.isEmpty() || matches(text, body.message(), false));
    }

    private static boolean matches(String regex, String subject, boolean whole) {
        var matcher = Pattern.compile(regex, Pattern.CASE_INSENSITIVE).matcher(subject);
        return whole ? matcher.matches() : matcher.find();
    }

    static Builder when(String name) {
        return new Builder(name);
    }

    /** A line being written. */
    static final class Builder {
        private final String name;
        private Set<CloudOperation> operations = EnumSet.allOf(CloudOperation.class);
        private String statuses = "";
        private String codes = "";
        private String text = "";
        private AuthEffect session = AuthEffect.NONE;
        private Optional<Duration> wait = Optional.empty();
        private Optional<QuotaScope> quotaScope = Optional.empty();
        private Optional<Kind> kind = Optional.empty();
        private String advice = "";

        private Builder(String name) {
            this.name = name;
        }

        Builder on(CloudOperation first, CloudOperation... others) {
            operations = EnumSet.of(first, others);
            return this;
        }

        Builder status(String regex) {
            statuses = regex;
            return this;
        }

        Builder code(String regex) {
            codes = regex;
            return this;
        }

        Builder text(String regex) {
            text = regex;
            return this;
        }

        Builder means(Kind value) {
            kind = Optional.of(value);
            return this;
        }

        Builder quotaOf(QuotaScope value) {
            quotaScope = Optional.of(value);
            return means(Kind.QUOTA);
        }

        Builder refusesSession() {
            session = AuthEffect.REJECTED;
            return means(Kind.NOT_AUTHORIZED);
        }

        Builder locksSession() {
            session = AuthEffect.LOCKED;
            return means(Kind.NOT_AUTHORIZED);
        }

        Builder leaveAlone(Duration value) {
            wait = Optional.of(value);
            return this;
        }

        Builder advice(String value) {
            advice = value;
            return this;
        }

        ErrorRule source(String value) {
            return new ErrorRule(
                    name,
                    Set.copyOf(operations),
                    statuses,
                    codes,
                    text,
                    kind,
                    session,
                    wait,
                    quotaScope,
                    advice,
                    value);
        }
    }
}
