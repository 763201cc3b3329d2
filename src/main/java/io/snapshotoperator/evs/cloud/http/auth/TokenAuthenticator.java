/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.http.auth.Credentials.Password;
import io.snapshotoperator.evs.cloud.http.call.RequestExecutor;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudExceptionFactory;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.error.ErrorRule;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import io.snapshotoperator.evs.cloud.http.transport.Deadline;
import io.snapshotoperator.evs.cloud.http.transport.NoResponseCause;
import io.snapshotoperator.evs.cloud.http.transport.RequestTarget;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One token for all threads. IAM throttles logins so strictly that clients which fetched a token per resource waited
 * quarters of an hour (terraform-provider-opentelekomcloud issues 512, 1671, 2460), so: one login at a time, its token
 * shared, renewed early and quietly, and no login at all for a while after one that failed.
 */
final class TokenAuthenticator {
    /** How soon a second token is asked for when the cloud has refused the first from the start. */
    private static final Duration MIN_LOGIN_INTERVAL = Duration.ofMinutes(1);

    private final ConnectionSettings settings;
    private final RequestExecutor exchanges;
    private final CloudExceptionFactory failures;
    private final InstantSource clock;
    private final ReentrantLock loggingIn = new ReentrantLock();

    private volatile Token token;
    private volatile LoginCooldown cooldown;
    private volatile boolean lastTokenWasUseless;

    TokenAuthenticator(
            ConnectionSettings settings,
            RequestExecutor exchanges,
            CloudExceptionFactory failures,
            InstantSource clock) {
        this.settings = settings;
        this.exchanges = exchanges;
        this.failures = failures;
        this.clock = clock;
    }

    private record LoginCooldown(Password who, Cooldown hold) {}

    private static final class Token {
        private final Password who;
        private final TokenRequest.Granted granted;
        private final Instant obtainedAt;
        private volatile boolean admitted;

        Token(Password who, TokenRequest.Granted granted, Instant obtainedAt) {
            this.who = who;
            this.granted = granted;
            this.obtainedAt = obtainedAt;
        }

        /** Its life is counted by our own clock from the moment we got it: the cloud's clock may differ. */
        boolean lives(Instant now) {
            return now.isBefore(obtainedAt.plus(granted.life()));
        }

        boolean ages(Instant now) {
            return !now.isBefore(obtainedAt.plus(granted.life().multipliedBy(3).dividedBy(4)));
        }
    }

    /**
     * Leave to call EVS with the token at hand, or a new one.
     *
     * @throws CloudException when none could be had; its details say how long no further login will be tried
     */
    RequestAuthentication open(Password who, Deadline deadline) {
        var now = clock.instant();
        var have = token;
        if (have == null || !have.who.equals(who) || !have.lives(now)) {
            return new TokenAuthentication(obtain(who, have, deadline));
        }
        if (have.ages(now) && !isHeld(who, now) && loggingIn.tryLock()) {
            try {
                return new TokenAuthentication(login(who, deadline.half()));
            } catch (CloudException notYet) {
                // The old token serves on; the failure is remembered, and this is tried again after the hold.
                return new TokenAuthentication(have);
            } finally {
                loggingIn.unlock();
            }
        }
        return new TokenAuthentication(have);
    }

    private Token obtain(Password who, Token unfit, Deadline deadline) {
        var description = login(who).deed();
        try {
            if (!loggingIn.tryLock(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
                throw failures.withoutResponse(description, NoResponseCause.DEADLINE_EXCEEDED, null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failures.withoutResponse(description, NoResponseCause.INTERRUPTED, e);
        }
        try {
            var now = clock.instant();
            var have = token;
            if (have != null && have != unfit && have.who.equals(who) && have.lives(now)) {
                return have;
            }
            if (isHeld(who, now)) {
                throw cooldown.hold().toException(now);
            }
            return login(who, deadline);
        } finally {
            loggingIn.unlock();
        }
    }

    /** Only under the lock. */
    private Token login(Password who, Deadline deadline) {
        var login = login(who);
        var outcome = exchanges.execute(login.deed(), login.request(), deadline, login::read);
        var now = clock.instant();
        if (outcome.failure().isPresent()) {
            cooldown = new LoginCooldown(who, Cooldown.after(outcome.failure().get(), now));
        }
        var got = new Token(who, outcome.valueOr(null), now);
        keep(got);
        return got;
    }

    private synchronized void keep(Token got) {
        token = got;
        cooldown = null;
    }

    private TokenRequest login(Password who) {
        URI iam = settings.iamEndpoint()
                .orElseThrow(() -> failures.localFailure(
                        new CallDescription(CloudOperation.LOGIN, "log in as " + who),
                        Kind.MISCONFIGURED,
                        "no address of IAM is known",
                        "Set {iam-endpoint} or {region}."));
        return new TokenRequest(iam, settings.project(), who);
    }

    private boolean isHeld(Password who, Instant now) {
        var last = cooldown;
        return last != null && last.who().equals(who) && last.hold().isActive(now);
    }

    private synchronized void accept(Token used) {
        used.admitted = true;
        lastTokenWasUseless = false;
    }

    /** Whether there is, or may be had, another token than the one that was refused. */
    private synchronized boolean forget(Token used) {
        if (token != used) {
            return true;
        }
        if (!used.admitted) {
            // Two fresh tokens in a row of which EVS wants none: more logins do not help, they only count against us.
            var tooSoon = clock.instant().isBefore(used.obtainedAt.plus(MIN_LOGIN_INTERVAL));
            if (lastTokenWasUseless && tooSoon) {
                return false;
            }
            lastTokenWasUseless = true;
        }
        token = null;
        return true;
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
        public List<String> secrets() {
            return List.of(used.granted.token());
        }

        @Override
        public void onAccepted() {
            if (!used.admitted) {
                accept(used);
            }
        }

        @Override
        public boolean onRejected(CloudException failure, ErrorRule.AuthEffect verdict) {
            return verdict == ErrorRule.AuthEffect.REJECTED && forget(used);
        }

        @Override
        public void close() {
            // A token is shared; there is nothing to give back.
        }
    }
}
