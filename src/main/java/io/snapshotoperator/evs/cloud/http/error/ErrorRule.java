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
 * One rule of the {@link ErrorCatalog}: the responses that it matches, and their meaning.
 *
 * @param name the unique name of the rule
 * @param operations the operations to which the rule applies
 * @param statuses regular expression for the whole HTTP status; empty for any
 * @param codes regular expression for the whole vendor code, the name of the object that contains the message, or the shape in
 *     parentheses, such as {@code (html)}; empty for any
 * @param text regular expression for a part of the message; empty for any
 * @param kind the kind of the failure; empty if the response means that the snapshot, volume or job does not
 *     exist
 * @param authEffect what the response says about the token or key of the request
 * @param minRetryDelay the least time before a similar call
 * @param quotaScope the scope of a used-up quota
 * @param advice what helps; names in braces, such as {@code {endpoint}}, stand for keys of settings
 * @param source the source of the fact
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

    /** What a response says about the token or key of the request. */
    public enum AuthEffect {
        /** Nothing. */
        NONE,
        /** The cloud rejected it before it acted. A new token can help. */
        REJECTED,
        /** The key or the user is locked for some time. Each further attempt extends the lock. */
        LOCKED
    }

    boolean matches(CloudOperation operation, int status, ErrorBody body) {
        return operations.contains(operation)
                && (statuses.isEmpty() || Integer.toString(status).matches(statuses))
                && (codes.isEmpty() || body.names().stream().anyMatch(name -> matches(codes, name, true)))
                && (text.isEmpty() || matches(text, body.searchable(), false));
    }

    private static boolean matches(String regex, String subject, boolean whole) {
        var matcher = Pattern.compile(regex, Pattern.CASE_INSENSITIVE).matcher(subject);
        return whole ? matcher.matches() : matcher.find();
    }

    static Builder when(String name) {
        return new Builder(name);
    }

    /** Builds a rule; {@link #source} is the last call. */
    static final class Builder {
        private final String name;
        private Set<CloudOperation> operations = EnumSet.allOf(CloudOperation.class);
        private String statuses = "";
        private String codes = "";
        private String text = "";
        private AuthEffect authEffect = AuthEffect.NONE;
        private Optional<Duration> minRetryDelay = Optional.empty();
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

        Builder on(Set<CloudOperation> all) {
            operations = EnumSet.copyOf(all);
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

        Builder rejectsAuthentication() {
            authEffect = AuthEffect.REJECTED;
            return means(Kind.NOT_AUTHORIZED);
        }

        Builder locksAuthentication() {
            authEffect = AuthEffect.LOCKED;
            return means(Kind.NOT_AUTHORIZED);
        }

        Builder minRetryDelay(Duration value) {
            minRetryDelay = Optional.of(value);
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
                    authEffect,
                    minRetryDelay,
                    quotaScope,
                    advice,
                    value);
        }
    }
}
