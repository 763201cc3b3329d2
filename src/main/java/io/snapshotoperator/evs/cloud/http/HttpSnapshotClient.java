/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotClient;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.SnapshotPage;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.cloud.http.auth.CloudAuthenticator;
import io.snapshotoperator.evs.cloud.http.auth.CredentialSource;
import io.snapshotoperator.evs.cloud.http.auth.RequestAuthentication;
import io.snapshotoperator.evs.cloud.http.call.CallObserver;
import io.snapshotoperator.evs.cloud.http.call.CreateCall;
import io.snapshotoperator.evs.cloud.http.call.DeleteCall;
import io.snapshotoperator.evs.cloud.http.call.EvsCall;
import io.snapshotoperator.evs.cloud.http.call.ListCall;
import io.snapshotoperator.evs.cloud.http.call.ReadCall;
import io.snapshotoperator.evs.cloud.http.call.RequestExecutor;
import io.snapshotoperator.evs.cloud.http.call.UpdateCall;
import io.snapshotoperator.evs.cloud.http.error.CloudExceptionFactory;
import io.snapshotoperator.evs.cloud.http.error.ErrorRule;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpRequest;
import io.snapshotoperator.evs.cloud.http.transport.Deadline;
import io.snapshotoperator.evs.cloud.http.transport.NoResponseCause;
import io.snapshotoperator.evs.cloud.http.transport.RequestTarget;
import io.snapshotoperator.evs.cloud.http.transport.Transport;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The snapshot calls over HTTP. A call opens a session (which may log in), sends one request, and reads the answer; when
 * the answer says that the session was not accepted, and only then, it is sent once more with a new one. That is safe for
 * a create too: those answers are refusals that precede every deed. The whole of it takes no longer than the timeout of
 * the settings.
 */
public final class HttpSnapshotClient implements SnapshotClient {
    private static final String VERSION = "v2";

    private final ConnectionSettings settings;
    private final CloudExceptionFactory failures;
    private final RequestExecutor exchanges;
    private final CloudAuthenticator sessions;

    /**
     * @param clock for the dates of signatures and the age of tokens
     * @param observer hears of every exchange; must be quick
     */
    public HttpSnapshotClient(
            ConnectionSettings settings, CredentialSource credentials, InstantSource clock, CallObserver observer) {
        this.settings = settings;
        this.failures = new CloudExceptionFactory(settings, clock);
        this.exchanges = new RequestExecutor(new Transport(settings), failures, observer);
        this.sessions = new CloudAuthenticator(settings, credentials, exchanges, failures, clock);
    }

    @Override
    public CloudLocation authenticate() {
        try (var session = sessions.authenticate(Deadline.in(settings.timeout()))) {
            return new CloudLocation(settings.endpoint().toString(), session.projectId());
        }
    }

    @Override
    public CloudSnapshot create(CreateSnapshotRequest snapshot) {
        var call = new CreateCall(snapshot);
        return call(call)
                .orElseThrow(() -> new IllegalStateException("the catalogue takes a refused create for an absence"));
    }

    @Override
    public Optional<CloudSnapshot> read(SnapshotId id) {
        return call(checked(id, new ReadCall(id)));
    }

    @Override
    public SnapshotPage list(SnapshotFilter filter, PageRequest page) {
        if (page.after().isPresent() && !supportsMarkerPaging()) {
            throw new IllegalArgumentException("this family pages by offset");
        }
        return call(new ListCall(filter, page))
                .orElseThrow(() -> new IllegalStateException("the catalogue takes a refused list for an absence"));
    }

    @Override
    public Optional<CloudSnapshot> update(SnapshotId id, UpdateSnapshotRequest change) {
        return call(checked(id, new UpdateCall(id, change)));
    }

    @Override
    public boolean delete(SnapshotId id) {
        return call(checked(id, new DeleteCall(id))).isPresent();
    }

    @Override
    public boolean supportsMarkerPaging() {
        return settings.family().pagesByMarker();
    }

    private <T> EvsCall<T> checked(SnapshotId id, EvsCall<T> call) {
        if (!EvsCall.isValidPathSegment(id)) {
            throw failures.withoutResponse(call.description(), NoResponseCause.INVALID_ID, null);
        }
        return call;
    }

    /** Empty when the cloud says that there is no such snapshot. */
    private <T> Optional<T> call(EvsCall<T> call) {
        var deadline = Deadline.in(settings.timeout());
        var first = attempt(call, deadline);
        var last = first.mayBeReplayed() ? attempt(call, deadline).outcome() : first.outcome();
        last.failure().ifPresent(failure -> {
            throw failure;
        });
        return last.value();
    }

    private record Attempt<T>(RequestExecutor.Outcome<T> outcome, boolean mayBeReplayed) {}

    private <T> Attempt<T> attempt(EvsCall<T> call, Deadline deadline) {
        try (var session = sessions.authenticate(deadline)) {
            if (call.description().operation().isMutating() && !deadline.leavesTimeForAnOrder()) {
                throw failures.withoutResponse(call.description(), NoResponseCause.DEADLINE_EXCEEDED, null);
            }
            var outcome = exchanges.execute(call.description(), request(call, session), deadline, call::read);
            if (outcome.isAuthenticated()) {
                session.onAccepted();
            }
            var rejection = outcome.failure().filter(exception -> outcome.session() != ErrorRule.AuthEffect.NONE);
            var renewed = rejection
                    .map(failure -> session.onRejected(failure, outcome.session()))
                    .orElse(false);
            // A refusal of the session under a status that leaves a doubt is not certain to precede the deed.
            var doubt = outcome.failure().filter(CloudException::mayHaveActed).isPresent();
            return new Attempt<>(outcome, renewed && !doubt);
        }
    }

    private CloudHttpRequest request(EvsCall<?> call, RequestAuthentication session) {
        var path = Stream.concat(
                        Stream.of(
                                VERSION, session.projectId(), settings.family().collection()),
                        call.path().stream())
                .toList();
        var target = new RequestTarget(settings.endpoint(), path, call.query());
        var body = call.body();
        var headers = new HashMap<>(session.headers(call.method(), target, body));
        if (body.length > 0) {
            headers.put("Content-Type", "application/json");
        }
        return new CloudHttpRequest(
                call.method(), target.uri(), headers, body, call.maxResponseBytes(), List.copyOf(session.secrets()));
    }
}
