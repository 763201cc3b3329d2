/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.http.auth.Credentials.AccessKey;
import io.snapshotoperator.evs.cloud.http.call.RequestExecutor;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudExceptionFactory;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.error.ErrorRule;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpRequest;
import io.snapshotoperator.evs.cloud.http.transport.Deadline;
import io.snapshotoperator.evs.cloud.http.transport.NoResponseCause;
import io.snapshotoperator.evs.cloud.http.transport.RequestTarget;
import io.snapshotoperator.evs.cloud.http.transport.Secrets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Authenticates requests by signatures with an access key. More than five rejected signatures in a row lock the key for five
 * minutes, also for other users of the key (API Gateway user guide, 0301). So calls run one at a time until the cloud accepts
 * the key, and after three rejections the authenticator sends none for five minutes.
 */
final class AkSkAuthenticator {
    private static final int MAX_REJECTIONS = 3;
    private static final Duration PAUSE = Duration.ofMinutes(5);

    private final ConnectionSettings settings;
    private final RequestExecutor executor;
    private final CloudExceptionFactory failures;
    private final CredentialSource source;
    private final InstantSource clock;
    private KeyState keyState;

    AkSkAuthenticator(
            ConnectionSettings settings,
            RequestExecutor executor,
            CloudExceptionFactory failures,
            CredentialSource source,
            InstantSource clock) {
        this.settings = settings;
        this.executor = executor;
        this.failures = failures;
        this.source = source;
        this.clock = clock;
    }

    /** What the authenticator knows about one key. A new key starts with a new state. */
    private static final class KeyState {
        private final AccessKey key;
        private final Secrets secrets;
        private final Semaphore turn = new Semaphore(1);
        private volatile boolean accepted;
        private volatile Cooldown cooldown;
        private volatile String projectId;
        private int rejections;

        KeyState(AccessKey key) {
            this.key = key;
            this.secrets = key.secrets();
        }
    }

    /**
     * Returns the authentication of one call. Reads the id of the project from IAM before, if necessary.
     *
     * @throws CloudException also during a cooldown; its details contain the remaining time
     */
    RequestAuthentication open(AccessKey key, Deadline deadline) {
        var state = stateOf(key);
        failDuringCooldown(state);
        var authentication = new AkSkAuthentication(state, state.accepted ? null : awaitTurn(state, deadline));
        var opened = false;
        try {
            failDuringCooldown(state);
            if (state.projectId == null) {
                state.projectId = settings.project().id().orElseGet(() -> findProject(authentication, deadline));
            }
            opened = true;
            return authentication;
        } finally {
            if (!opened) {
                authentication.close();
            }
        }
    }

    private synchronized KeyState stateOf(AccessKey key) {
        if (keyState == null || !keyState.key.equals(key)) {
            keyState = new KeyState(key);
        }
        return keyState;
    }

    private void failDuringCooldown(KeyState state) {
        var cooldown = state.cooldown;
        var now = clock.instant();
        if (cooldown != null && cooldown.isActive(now)) {
            throw cooldown.toException(now);
        }
    }

    private Semaphore awaitTurn(KeyState state, Deadline deadline) {
        var description = new CallDescription(CloudOperation.FIND_PROJECT, "call the cloud with " + state.key);
        try {
            if (!state.turn.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                throw failures.withoutResponse(description, NoResponseCause.DEADLINE_EXCEEDED, null);
            }
            return state.turn;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failures.withoutResponse(description, NoResponseCause.INTERRUPTED, e);
        }
    }

    private String findProject(AkSkAuthentication authentication, Deadline deadline) {
        var projectLookup = new ProjectLookup(settings, failures);
        var body = new byte[0];
        var target = projectLookup.target();
        var outcome = executor.execute(
                projectLookup.description(),
                new CloudHttpRequest(
                        "GET",
                        target.uri(),
                        authentication.sign("GET", target, Optional.empty(), body),
                        body,
                        ProjectLookup.MAX_BYTES,
                        authentication.secrets()),
                deadline,
                projectLookup::read);
        outcome.failure().ifPresent(failure -> {
            if (outcome.authEffect() != ErrorRule.AuthEffect.NONE) {
                authentication.onRejected(failure, outcome.authEffect());
            }
            if (authentication.state.cooldown == null || !authentication.state.cooldown.isActive(clock.instant())) {
                authentication.state.cooldown = Cooldown.after(failure, clock.instant());
            }
        });
        var found = outcome.valueOr(List.of());
        authentication.onAccepted();
        try {
            return projectLookup.only(found);
        } catch (CloudException noneOrSeveral) {
            authentication.state.cooldown = Cooldown.after(noneOrSeveral, clock.instant());
            throw noneOrSeveral;
        }
    }

    private final class AkSkAuthentication implements RequestAuthentication {
        private final KeyState state;
        private final Semaphore turn;
        private final AtomicBoolean closed = new AtomicBoolean();

        /** @param turn to release at the end; null if calls with the key can run in parallel */
        AkSkAuthentication(KeyState state, Semaphore turn) {
            this.state = state;
            this.turn = turn;
        }

        @Override
        public String projectId() {
            return state.projectId;
        }

        @Override
        public Map<String, String> headers(String method, RequestTarget target, byte[] body) {
            return sign(method, target, Optional.of(state.projectId), body);
        }

        Map<String, String> sign(String method, RequestTarget target, Optional<String> projectId, byte[] body) {
            return Signer.sign(state.key, method, target, projectId, body, clock.instant());
        }

        @Override
        public Secrets secrets() {
            return state.secrets;
        }

        @Override
        public void onAccepted() {
            synchronized (state) {
                state.rejections = 0;
                state.accepted = true;
            }
        }

        @Override
        public boolean onRejected(CloudException failure, ErrorRule.AuthEffect effect) {
            synchronized (state) {
                state.accepted = false;
                state.rejections++;
                if (effect == ErrorRule.AuthEffect.LOCKED || state.rejections >= MAX_REJECTIONS) {
                    var now = clock.instant();
                    state.cooldown = new Cooldown(failure, now, now.plus(PAUSE));
                }
            }
            // The cloud would reject the same key again. But the credentials can contain another key by now.
            try {
                source.onRejected();
                return !state.key.equals(source.current());
            } catch (InvalidCredentialsException unusable) {
                return false;
            }
        }

        @Override
        public void close() {
            if (turn != null && closed.compareAndSet(false, true)) {
                turn.release();
            }
        }
    }
}
