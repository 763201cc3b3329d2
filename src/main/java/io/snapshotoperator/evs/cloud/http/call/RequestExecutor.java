/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudExceptionFactory;
import io.snapshotoperator.evs.cloud.http.error.ErrorRule;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpRequest;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import io.snapshotoperator.evs.cloud.http.transport.Deadline;
import io.snapshotoperator.evs.cloud.http.transport.NoResponseCause;
import io.snapshotoperator.evs.cloud.http.transport.NoResponseException;
import io.snapshotoperator.evs.cloud.http.transport.Transport;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Sends one request, turns the response into a value or a failure, and calls the observer. */
public final class RequestExecutor {
    private static final System.Logger LOG = System.getLogger(RequestExecutor.class.getName());

    private final Transport transport;
    private final CloudExceptionFactory failures;
    private final CallObserver observer;

    public RequestExecutor(Transport transport, CloudExceptionFactory failures, CallObserver observer) {
        this.transport = transport;
        this.failures = failures;
        this.observer = observer;
    }

    /**
     * The result of one exchange: a value, a failure, or neither, which means that the object does not exist.
     *
     * @param authEffect what the response says about the token or key of the request
     */
    public record Outcome<T>(Optional<T> value, Optional<CloudException> failure, ErrorRule.AuthEffect authEffect) {
        /** Rejections that the cloud sends only after it accepted the authentication. */
        private static final Set<Kind> AFTER_AUTHENTICATION = EnumSet.of(
                Kind.QUOTA,
                Kind.BUSY,
                Kind.INVALID_REQUEST,
                Kind.VOLUME_NOT_FOUND,
                Kind.VOLUME_ATTACHED,
                Kind.UNUSABLE_STATE);

        /** Returns whether the cloud certainly accepted the token or key. */
        public boolean isAuthenticated() {
            return authEffect == ErrorRule.AuthEffect.NONE
                    && failure.map(rejected -> rejected.details().httpStatus().isPresent()
                                    && AFTER_AUTHENTICATION.contains(rejected.kind()))
                            .orElse(true);
        }

        /** Returns the value, or the default if there is none. Throws the failure if there is one. */
        public T valueOr(T ifAbsent) {
            if (failure.isPresent()) {
                throw failure.get();
            }
            return value.orElse(ifAbsent);
        }
    }

    /** @param reader reads the value of a 2xx response; returns empty if the response is unreadable */
    public <T> Outcome<T> execute(
            CallDescription description,
            CloudHttpRequest request,
            Deadline deadline,
            Function<CloudHttpResponse, Optional<T>> reader) {
        var start = System.nanoTime();
        var outcome = outcome(description, request, deadline, reader);
        var took = Duration.ofNanos(System.nanoTime() - start);
        notifyObserver(() -> observer.onCallCompleted(
                description.operation(), outcome.failure().map(CloudException::kind), took));
        return outcome;
    }

    private <T> Outcome<T> outcome(
            CallDescription description,
            CloudHttpRequest request,
            Deadline deadline,
            Function<CloudHttpResponse, Optional<T>> reader) {
        CloudHttpResponse response;
        try {
            response = transport.send(request, deadline);
        } catch (NoResponseException e) {
            return failed(failures.noResponse(description, e));
        }
        if (response.isSuccess()) {
            var value = reader.apply(response);
            return value.isPresent()
                    ? new Outcome<>(value, Optional.empty(), ErrorRule.AuthEffect.NONE)
                    : failed(failures.unreadableResponse(
                            description,
                            response,
                            response.complete()
                                    ? NoResponseCause.UNREADABLE_RESPONSE
                                    : NoResponseCause.RESPONSE_TRUNCATED));
        }
        var classified = failures.classify(description, response);
        return new Outcome<>(Optional.empty(), classified.failure(), classified.authEffect());
    }

    private static <T> Outcome<T> failed(CloudException failure) {
        return new Outcome<>(Optional.empty(), Optional.of(failure), ErrorRule.AuthEffect.NONE);
    }

    /** Calls the observer after IAM issued a token. */
    public void tokenIssued(CallObserver.TokenCause cause) {
        notifyObserver(() -> observer.onTokenIssued(cause));
    }

    private static void notifyObserver(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            // No failure may occur between the response of the cloud and the caller, which records the id.
            LOG.log(System.Logger.Level.WARNING, "Observer of cloud calls failed", e);
        }
    }
}
