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

/** Sends one request, makes of the answer a value or a failure, and tells the observer. */
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
     * How one exchange ended: with a value, with "there is no such snapshot" (neither value nor failure), or with a
     * failure.
     *
     * @param session what the answer says of the token or key that was used
     */
    public record Outcome<T>(Optional<T> value, Optional<CloudException> failure, ErrorRule.AuthEffect session) {
        /** Refusals that are uttered only to callers that were let in. */
        private static final Set<Kind> AFTER_ADMISSION = EnumSet.of(
                Kind.QUOTA,
                Kind.BUSY,
                Kind.INVALID_REQUEST,
                Kind.VOLUME_NOT_FOUND,
                Kind.VOLUME_ATTACHED,
                Kind.UNUSABLE_STATE);

        /** Whether the token or key was certainly accepted. */
        public boolean isAuthenticated() {
            return session == ErrorRule.AuthEffect.NONE
                    && failure.map(rejected -> rejected.details().httpStatus().isPresent()
                                    && AFTER_ADMISSION.contains(rejected.kind()))
                            .orElse(true);
        }

        public T valueOr(T ifAbsent) {
            if (failure.isPresent()) {
                throw failure.get();
            }
            return value.orElse(ifAbsent);
        }
    }

    /** @param reader makes a value of a 2xx answer; empty when the answer cannot be understood */
    public <T> Outcome<T> execute(
            CallDescription description,
            CloudHttpRequest request,
            Deadline deadline,
            Function<CloudHttpResponse, Optional<T>> reader) {
        var began = System.nanoTime();
        var outcome = outcome(description, request, deadline, reader);
        notifyObserver(
                description, outcome.failure().map(CloudException::kind), Duration.ofNanos(System.nanoTime() - began));
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
            return failed(failures.noResponse(description, e), ErrorRule.AuthEffect.NONE);
        }
        if (response.isSuccess()) {
            var value = reader.apply(response);
            return value.isPresent()
                    ? new Outcome<>(value, Optional.empty(), ErrorRule.AuthEffect.NONE)
                    : failed(
                            failures.unreadableResponse(
                                    description,
                                    response,
                                    response.complete()
                                            ? NoResponseCause.UNREADABLE_RESPONSE
                                            : NoResponseCause.RESPONSE_TRUNCATED),
                            ErrorRule.AuthEffect.NONE);
        }
        var sorted = failures.classify(description, response);
        return new Outcome<>(Optional.empty(), sorted.failure(), sorted.authEffect());
    }

    private static <T> Outcome<T> failed(CloudException failure, ErrorRule.AuthEffect session) {
        return new Outcome<>(Optional.empty(), Optional.of(failure), session);
    }

    private void notifyObserver(CallDescription description, Optional<Kind> failure, Duration took) {
        try {
            observer.onCallCompleted(description.operation(), failure, took);
        } catch (RuntimeException e) {
            // Nothing that can fail may stand between the cloud's answer and the caller who records the id.
            LOG.log(System.Logger.Level.WARNING, "the observer of cloud calls failed", e);
        }
    }
}
