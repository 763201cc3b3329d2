/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

import io.snapshotoperator.evs.cloud.CloudClient;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudJob;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudText;
import io.snapshotoperator.evs.cloud.CloudVolume;
import io.snapshotoperator.evs.cloud.CreateSnapshotRequest;
import io.snapshotoperator.evs.cloud.CreateVolumeRequest;
import io.snapshotoperator.evs.cloud.JobId;
import io.snapshotoperator.evs.cloud.Page;
import io.snapshotoperator.evs.cloud.PageRequest;
import io.snapshotoperator.evs.cloud.SnapshotFilter;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.cloud.VolumeCreation;
import io.snapshotoperator.evs.cloud.VolumeFilter;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.cloud.http.auth.CloudAuthenticator;
import io.snapshotoperator.evs.cloud.http.auth.CredentialSource;
import io.snapshotoperator.evs.cloud.http.auth.RequestAuthentication;
import io.snapshotoperator.evs.cloud.http.call.CallObserver;
import io.snapshotoperator.evs.cloud.http.call.CreateCall;
import io.snapshotoperator.evs.cloud.http.call.CreateVolumeCall;
import io.snapshotoperator.evs.cloud.http.call.DeleteCall;
import io.snapshotoperator.evs.cloud.http.call.DeleteVolumeCall;
import io.snapshotoperator.evs.cloud.http.call.EvsCall;
import io.snapshotoperator.evs.cloud.http.call.ListCall;
import io.snapshotoperator.evs.cloud.http.call.ListVolumesCall;
import io.snapshotoperator.evs.cloud.http.call.ReadCall;
import io.snapshotoperator.evs.cloud.http.call.ReadJobCall;
import io.snapshotoperator.evs.cloud.http.call.ReadVolumeCall;
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
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Implements the calls of snapshots, volumes and jobs over HTTP. A call gets an authentication (which may log in),
 * sends one request and reads the response. Only if the response rejects the authentication, the client sends the
 * request again: once more with a token that was accepted before, then with other credentials if they are
 * available. This is safe for a create request too, because the cloud rejects the authentication before it acts.
 * All steps together take at most the timeout of the settings.
 */
public final class HttpCloudClient implements CloudClient {
    /** With the same token, because one bad node can have rejected it, then with a new one. */
    private static final int MAX_ATTEMPTS = 3;

    private final ConnectionSettings settings;
    private final CloudExceptionFactory failures;
    private final RequestExecutor executor;
    private final CloudAuthenticator authenticator;

    /**
     * @param clock for the dates of signatures and the age of tokens
     * @param observer is called after every exchange and must return quickly
     */
    public HttpCloudClient(
            ConnectionSettings settings, CredentialSource credentials, InstantSource clock, CallObserver observer) {
        this.settings = settings;
        this.failures = new CloudExceptionFactory(settings, clock);
        this.executor = new RequestExecutor(new Transport(settings), failures, observer);
        this.authenticator = new CloudAuthenticator(settings, credentials, executor, failures, clock);
    }

    @Override
    public CloudLocation authenticate() {
        try (var authentication = authenticator.authenticate(Deadline.in(settings.timeout()))) {
            return new CloudLocation(settings.endpoint().toString(), authentication.projectId());
        }
    }

    @Override
    public CloudSnapshot create(CreateSnapshotRequest snapshot) {
        return value(new CreateCall(snapshot));
    }

    @Override
    public Optional<CloudSnapshot> read(SnapshotId id) {
        return call(checked(id.value(), new ReadCall(id)));
    }

    @Override
    public Page<CloudSnapshot> list(SnapshotFilter filter, PageRequest page) {
        if (page.after().isPresent() && !supportsMarkerPaging()) {
            throw new IllegalArgumentException("the native family lists snapshots by offset only");
        }
        return value(new ListCall(filter, page));
    }

    @Override
    public Optional<CloudSnapshot> update(SnapshotId id, UpdateSnapshotRequest change) {
        return call(checked(id.value(), new UpdateCall(id, change)));
    }

    @Override
    public boolean delete(SnapshotId id) {
        return call(checked(id.value(), new DeleteCall(id))).isPresent();
    }

    @Override
    public boolean supportsMarkerPaging() {
        return settings.family().pagesByMarker();
    }

    @Override
    public VolumeCreation createVolume(CreateVolumeRequest volume) {
        return value(new CreateVolumeCall(volume, settings.family()));
    }

    @Override
    public Optional<CloudVolume> readVolume(VolumeId id) {
        return call(checked(id.value(), new ReadVolumeCall(id)));
    }

    @Override
    public Page<CloudVolume> listVolumes(VolumeFilter filter, PageRequest page) {
        return value(new ListVolumesCall(filter, page));
    }

    @Override
    public boolean deleteVolume(VolumeId id) {
        return call(checked(id.value(), new DeleteVolumeCall(id))).isPresent();
    }

    @Override
    public Optional<CloudJob> readJob(JobId id) {
        return call(checked(id.value(), new ReadJobCall(id)));
    }

    /**
     * Returns the cleaner for texts that the port returns with secrets in them: the metadata of snapshots and
     * volumes.
     *
     * @throws CloudException if there are no usable credentials
     */
    public CloudText text() {
        return authenticator.secrets().text();
    }

    private <T> EvsCall<T> checked(String id, EvsCall<T> call) {
        if (!EvsCall.isValidPathSegment(id)) {
            throw failures.withoutResponse(call.description(), NoResponseCause.INVALID_ID, null);
        }
        return call;
    }

    /** Returns the value of the response to a call whose object cannot be absent. */
    private <T> T value(EvsCall<T> call) {
        return call(call)
                .orElseThrow(() -> new IllegalStateException("the error catalog has a rule of absence for "
                        + call.description().operation()));
    }

    /** Returns the value of the response; empty if the cloud says that the object does not exist. */
    private <T> Optional<T> call(EvsCall<T> call) {
        var deadline = Deadline.in(settings.timeout());
        var last = attempt(call, deadline);
        for (var attempts = 1; attempts < MAX_ATTEMPTS && last.mayBeReplayed(); attempts++) {
            last = attempt(call, deadline);
        }
        last.outcome().failure().ifPresent(failure -> {
            throw failure;
        });
        return last.outcome().value();
    }

    private record Attempt<T>(RequestExecutor.Outcome<T> outcome, boolean mayBeReplayed) {}

    private <T> Attempt<T> attempt(EvsCall<T> call, Deadline deadline) {
        try (var authentication = authenticator.authenticate(deadline)) {
            if (call.description().operation().isMutating() && !deadline.leavesTimeForMutatingCall()) {
                throw failures.withoutResponse(call.description(), NoResponseCause.DEADLINE_EXCEEDED, null);
            }
            var outcome = executor.execute(call.description(), request(call, authentication), deadline, call::read);
            if (outcome.isAuthenticated()) {
                authentication.onAccepted();
            }
            var rejection = outcome.failure().filter(exception -> outcome.authEffect() != ErrorRule.AuthEffect.NONE);
            var renewed = rejection
                    .map(failure -> authentication.onRejected(failure, outcome.authEffect()))
                    .orElse(false);
            // With an ambiguous status, the cloud may have acted before it rejected the authentication.
            var ambiguous =
                    outcome.failure().filter(CloudException::mayHaveActed).isPresent();
            return new Attempt<>(outcome, renewed && !ambiguous);
        }
    }

    private CloudHttpRequest request(EvsCall<?> call, RequestAuthentication authentication) {
        var path = Stream.concat(
                        Stream.of(call.version(), authentication.projectId()), call.path(settings.family()).stream())
                .toList();
        var target = new RequestTarget(settings.endpoint(), path, call.query());
        var body = call.body();
        var headers = new HashMap<>(authentication.headers(call.method(), target, body));
        if (body.length > 0) {
            headers.put("Content-Type", "application/json");
        }
        return new CloudHttpRequest(
                call.method(), target.uri(), headers, body, call.maxResponseBytes(), authentication.secrets());
    }
}
