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
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Requests signed with an access key. More than five refused signatures in a row lock the key for five minutes (API
 * Gateway user guide, 0301), for whoever else uses it too; so as long as the key has not been accepted, calls go one by
 * one, and after three refusals none goes for a while.
 */
final class AkSkAuthenticator {
    private static final int MAX_REJECTIONS = 3;
    private static final Duration PAUSE = Duration.ofMinutes(5);

    private final ConnectionSettings settings;
    private final RequestExecutor exchanges;
    private final CloudExceptionFactory failures;
    private final CredentialSource source;
    private final InstantSource clock;
    private KeyState keyState;

    AkSkAuthenticator(
            ConnectionSettings settings,
            RequestExecutor exchanges,
            CloudExceptionFactory failures,
            CredentialSource source,
            InstantSource clock) {
        this.settings = settings;
        this.exchanges = exchanges;
        this.failures = failures;
        this.source = source;
        this.clock = clock;
    }

    /** How one key stands with the cloud. A new key begins anew. */
    private static final class KeyState {
        private final AccessKey key;
        private final Semaphore oneByOne = new Semaphore(1);
        private volatile boolean accepted;
        private volatile Cooldown hold;
        private volatile String projectId;
        private int rejections;

        KeyState(AccessKey key) {
            this.key = key;
        }
    }

    /**
     * Leave to call EVS, after asking IAM for the project's id if that is needed and not known yet.
     *
     * @throws CloudException also while the key is given a rest; its details say for how long
     */
    RequestAuthentication open(AccessKey key, Deadline deadline) {
        var own = standing(key);
        failDuringCooldown(own);
        var session = new AkSkAuthentication(own, own.accepted ? null : turn(own, deadline));
        var opened = false;
        try {
            failDuringCooldown(own);
            if (own.projectId == null) {
                own.projectId = settings.project().id().orElseGet(() -> findProject(session, deadline));
            }
            opened = true;
            return session;
        } finally {
            if (!opened) {
                session.close();
            }
        }
    }

    private synchronized KeyState standing(AccessKey key) {
        if (keyState == null || !keyState.key.equals(key)) {
            keyState = new KeyState(key);
        }
        return keyState;
    }

    private void failDuringCooldown(KeyState own) {
        var hold = own.hold;
        var now = clock.instant();
        if (hold != null && hold.isActive(now)) {
            throw hold.toException(now);
        }
    }

    private Semaphore turn(KeyState own, Deadline deadline) {
        var description = new CallDescription(CloudOperation.FIND_PROJECT, "call the cloud with " + own.key);
        try {
            if (!own.oneByOne.tryAcquire(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
                throw failures.withoutResponse(description, NoResponseCause.DEADLINE_EXCEEDED, null);
            }
            return own.oneByOne;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failures.withoutResponse(description, NoResponseCause.INTERRUPTED, e);
        }
    }

    private String findProject(AkSkAuthentication session, Deadline deadline) {
        var projectLookup = new ProjectLookup(settings, failures);
        var body = new byte[0];
        var target = projectLookup.target();
        var outcome = exchanges.execute(
                projectLookup.deed(),
                new CloudHttpRequest(
                        "GET",
                        target.uri(),
                        session.sign("GET", target, Optional.empty(), body),
                        body,
                        ProjectLookup.MAX_BYTES,
                        session.secrets()),
                deadline,
                projectLookup::read);
        outcome.failure().ifPresent(failure -> {
            if (outcome.session() != ErrorRule.AuthEffect.NONE) {
                session.onRejected(failure, outcome.session());
            }
            if (session.key.hold == null || !session.key.hold.isActive(clock.instant())) {
                session.key.hold = Cooldown.after(failure, clock.instant());
            }
        });
        var found = outcome.valueOr(List.of());
        session.onAccepted();
        try {
            return projectLookup.only(found);
        } catch (CloudException noneOrSeveral) {
            session.key.hold = Cooldown.after(noneOrSeveral, clock.instant());
            throw noneOrSeveral;
        }
    }

    private final class AkSkAuthentication implements RequestAuthentication {
        private final KeyState key;
        private final Semaphore turn;
        private final AtomicBoolean closed = new AtomicBoolean();

        AkSkAuthentication(KeyState own, Semaphore turn) {
            this.key = own;
            this.turn = turn;
        }

        @Override
        public String projectId() {
            return key.projectId;
        }

        @Override
        public Map<String, String> headers(String method, RequestTarget target, byte[] body) {
            return sign(method, target, Optional.of(key.projectId), body);
        }

        Map<String, String> sign(String method, RequestTarget target, Optional<String> projectId, byte[] body) {
            return Signer.sign(key.key, method, target, projectId, body, clock.instant());
        }

        @Override
        public List<String> secrets() {
            return Stream.concat(Stream.of(key.key.secretKey()), key.key.securityToken().stream())
                    .toList();
        }

        @Override
        public void onAccepted() {
            synchronized (key) {
                key.rejections = 0;
                key.accepted = true;
            }
        }

        @Override
        public boolean onRejected(CloudException failure, ErrorRule.AuthEffect verdict) {
            synchronized (key) {
                key.accepted = false;
                key.rejections++;
                if (verdict == ErrorRule.AuthEffect.LOCKED || key.rejections >= MAX_REJECTIONS) {
                    var now = clock.instant();
                    key.hold = new Cooldown(failure, now, now.plus(PAUSE));
                }
            }
            // The same key would only be refused again; another one may have been put in its place meanwhile.
            try {
                return !key.key.equals(source.current());
            } catch (InvalidCredentialsException noneToTry) {
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
