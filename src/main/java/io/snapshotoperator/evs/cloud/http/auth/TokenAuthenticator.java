/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.http.auth.Credentials.Password;
import io.snapshotoperator.evs.cloud.http.call.CallObserver.TokenCause;
import io.snapshotoperator.evs.cloud.http.call.RequestExecutor;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudExceptionFactory;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.error.ErrorRule;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import io.snapshotoperator.evs.cloud.http.transport.Deadline;
import io.snapshotoperator.evs.cloud.http.transport.NoResponseCause;
import io.snapshotoperator.evs.cloud.http.transport.RequestTarget;
import io.snapshotoperator.evs.cloud.http.transport.Secrets;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Authenticates requests by one token for all threads. IAM throttles logins strictly: clients that got one token per resource
 * waited 15 minutes and more (terraform-provider-opentelekomcloud issues 512, 1671, 2460). So there is one login at a time, all
 * threads share the token, it is renewed early, and no login follows a failed one for some time.
 */
final class TokenAuthenticator {
    /** The least time between two logins if EVS rejected the token of the first one. */
    private static final Duration MIN_LOGIN_INTERVAL = Duration.ofMinutes(1);

    /** So many rejections without an acceptance in between show that a token that was accepted before is no longer valid. */
    private static final int REJECTIONS_OF_INVALID_TOKEN = 2;

    /** The documented lifetime. No token is used longer, whatever the response says. */
    private static final Duration MAX_LIFETIME = Duration.ofHours(24);

    private final ConnectionSettings settings;
    private final RequestExecutor executor;
    private final CloudExceptionFactory failures;
    private final InstantSource clock;
    private final ReentrantLock loginLock = new ReentrantLock();

    private volatile Token token;
    private volatile LoginCooldown cooldown;
    private volatile boolean lastTokenWasUnaccepted;
    private volatile boolean lastTokenWasRejected;
    private Instant acceptedTokenRemovedAt = Instant.MIN;

    TokenAuthenticator(
            ConnectionSettings settings,
            RequestExecutor executor,
            CloudExceptionFactory failures,
            InstantSource clock) {
        this.settings = settings;
        this.executor = executor;
        this.failures = failures;
        this.clock = clock;
    }

    private record LoginCooldown(Password password, Cooldown cooldown) {}

    private static final class Token {
        private final Password password;
        private final TokenRequest.Granted granted;
        private final Secrets secrets;
        private final Instant obtainedAt;
        private final Duration lifetime;
        private volatile boolean accepted;
        /** Since the token was accepted last. */
        private volatile int rejections;

        Token(Password password, TokenRequest.Granted granted, Instant obtainedAt) {
            this.password = password;
            this.granted = granted;
            this.secrets = Secrets.of(granted.token(), password.password());
            this.obtainedAt = obtainedAt;
            this.lifetime = granted.lifetime().compareTo(MAX_LIFETIME) < 0 ? granted.lifetime() : MAX_LIFETIME;
        }

        /** Counts the lifetime from the arrival of the token by the operator's clock; the clock of the cloud can differ. */
        boolean isValid(Instant now) {
            return now.isBefore(obtainedAt.plus(lifetime));
        }

        /** Also after the clock was set back, because the age of the token is then unknown. */
        boolean isDueForRenewal(Instant now) {
            return now.isBefore(obtainedAt)
                    || !now.isBefore(obtainedAt.plus(lifetime.multipliedBy(3).dividedBy(4)));
        }
    }

    /**
     * Returns the authentication of one call by the current token or by a new one.
     *
     * @throws CloudException if the login fails; its details contain the time without a further login
     */
    RequestAuthentication open(Password password, Deadline deadline) {
        var now = clock.instant();
        var current = token;
        if (current == null || !current.password.equals(password) || !current.isValid(now)) {
            return new TokenAuthentication(obtain(password, current, deadline));
        }
        if (current.isDueForRenewal(now) && !isInCooldown(password, now) && loginLock.tryLock()) {
            try {
                return new TokenAuthentication(login(password, deadline.half()));
            } catch (CloudException notYet) {
                // The old token is still valid. The renewal follows after the cooldown.
                return new TokenAuthentication(current);
            } finally {
                loginLock.unlock();
            }
        }
        return new TokenAuthentication(current);
    }

    /** Returns the password and the current token, if there is one. */
    Secrets secrets(Password password) {
        var current = token;
        return current != null && current.password.equals(password) ? current.secrets : Secrets.of(password.password());
    }

    /** @param unusable the token that the caller cannot use; another thread may have replaced it */
    private Token obtain(Password password, Token unusable, Deadline deadline) {
        var description = tokenRequest(password).description();
        try {
            if (!loginLock.tryLock(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                throw failures.withoutResponse(description, NoResponseCause.DEADLINE_EXCEEDED, null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failures.withoutResponse(description, NoResponseCause.INTERRUPTED, e);
        }
        try {
            var now = clock.instant();
            var current = token;
            if (current != null && current != unusable && current.password.equals(password) && current.isValid(now)) {
                return current;
            }
            if (isInCooldown(password, now)) {
                throw cooldown.cooldown().toException(now);
            }
            return login(password, deadline);
        } finally {
            loginLock.unlock();
        }
    }

    /** Logs in. The caller holds the lock. */
    private Token login(Password password, Deadline deadline) {
        var request = tokenRequest(password);
        var outcome = executor.execute(request.description(), request.request(), deadline, request::read);
        var now = clock.instant();
        if (outcome.failure().isPresent()) {
            cooldown =
                    new LoginCooldown(password, Cooldown.after(outcome.failure().get(), now));
        }
        var issued = new Token(password, outcome.valueOr(null), now);
        executor.tokenIssued(replaceToken(issued));
        return issued;
    }

    /** Returns why the token was requested. */
    private synchronized TokenCause replaceToken(Token issued) {
        var replaced = token;
        var rejected = lastTokenWasRejected;
        token = issued;
        lastTokenWasRejected = false;
        cooldown = null;
        if (replaced == null) {
            return rejected ? TokenCause.REJECTED : TokenCause.FIRST;
        }
        return replaced.password.equals(issued.password) ? TokenCause.EXPIRING : TokenCause.CREDENTIALS_CHANGED;
    }

    private TokenRequest tokenRequest(Password password) {
        URI iam = settings.iamEndpoint()
                .orElseThrow(() -> failures.localFailure(
                        new CallDescription(CloudOperation.LOGIN, "log in as " + password),
                        Kind.MISCONFIGURED,
                        "the address of IAM is not configured",
                        "Set {iam-endpoint} or {region}."));
        return new TokenRequest(iam, settings.project(), password);
    }

    private boolean isInCooldown(Password password, Instant now) {
        var last = cooldown;
        return last != null
                && last.password().equals(password)
                && last.cooldown().isActive(now);
    }

    private synchronized void accept(Token used) {
        used.accepted = true;
        used.rejections = 0;
        lastTokenWasUnaccepted = false;
    }

    /**
     * Removes the rejected token, if it can no longer be valid. One rejection of a token that was accepted before can come from
     * one bad node of the cloud, so the caller sends the request again with the same token.
     *
     * @return whether the caller may send the request again: with the same token, with another one, or after a new login
     */
    private synchronized boolean removeRejected(Token used) {
        if (token != used) {
            return true;
        }
        var now = clock.instant();
        if (used.accepted) {
            if (++used.rejections < REJECTIONS_OF_INVALID_TOKEN) {
                return true;
            }
            if (isWithinLoginInterval(acceptedTokenRemovedAt, now)) {
                // Some nodes of the cloud reject good tokens. More logins do not help, and IAM would throttle them.
                return false;
            }
            acceptedTokenRemovedAt = now;
        } else {
            // EVS rejected two new tokens in a row. More logins do not help, and IAM would throttle them.
            if (lastTokenWasUnaccepted && isWithinLoginInterval(used.obtainedAt, now)) {
                return false;
            }
            lastTokenWasUnaccepted = true;
        }
        token = null;
        lastTokenWasRejected = true;
        return true;
    }

    private static boolean isWithinLoginInterval(Instant since, Instant now) {
        return !now.isBefore(since) && now.isBefore(since.plus(MIN_LOGIN_INTERVAL));
    }

    private final class TokenAuthentication implements RequestAuthentication {
        private final Token used;

        TokenAuthentication(Token used) {
            this.used = used;
        }

        @Override
        public String projectId() {
            return used.granted.projectId();
        }

        @Override
        public Map<String, String> headers(String method, RequestTarget target, byte[] body) {
            return Map.of("X-Auth-Token", used.granted.token());
        }

        @Override
        public Secrets secrets() {
            return used.secrets;
        }

        @Override
        public void onAccepted() {
            if (!used.accepted || used.rejections > 0) {
                accept(used);
            }
        }

        @Override
        public boolean onRejected(CloudException failure, ErrorRule.AuthEffect effect) {
            return effect == ErrorRule.AuthEffect.REJECTED && removeRejected(used);
        }

        @Override
        public void close() {
            // Nothing to release: all threads share the token.
        }
    }
}
