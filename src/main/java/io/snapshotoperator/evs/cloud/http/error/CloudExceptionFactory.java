/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudExceptionDetailsBuilder;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings.Key;
import io.snapshotoperator.evs.cloud.http.transport.CloudHttpResponse;
import io.snapshotoperator.evs.cloud.http.transport.NoResponseCause;
import io.snapshotoperator.evs.cloud.http.transport.NoResponseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Creates the exceptions of one connection. Each has a kind, a sentence, and an advice with the keys of its settings. */
public final class CloudExceptionFactory {
    private final ConnectionSettings settings;
    private final InstantSource clock;

    public CloudExceptionFactory(ConnectionSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * The meaning of a response that is not a 2xx.
     *
     * @param absent whether the response says that the snapshot, volume or job does not exist, which is not a
     *     failure
     * @param failure empty if and only if absent
     */
    public record Classified(boolean absent, ErrorRule.AuthEffect authEffect, Optional<CloudException> failure) {}

    /** Classifies a response that is not a 2xx by the error catalog. */
    public Classified classify(CallDescription description, CloudHttpResponse response) {
        var body = ErrorBody.of(response);
        if (!response.complete() && body.code().isEmpty()) {
            // The missing part of the body can be the part that names the error.
            return new Classified(
                    false,
                    ErrorRule.AuthEffect.NONE,
                    Optional.of(unreadableResponse(description, response, NoResponseCause.RESPONSE_TRUNCATED)));
        }
        var rule = ErrorCatalog.ruleFor(description.operation(), response.status(), body);
        return new Classified(
                rule.kind().isEmpty(),
                rule.authEffect(),
                rule.kind().map(kind -> rejected(description, response, body, rule, kind)));
    }

    private CloudException rejected(
            CallDescription description, CloudHttpResponse response, ErrorBody body, ErrorRule rule, Kind kind) {
        return new CloudException(details(description, kind, body.message(), rule.advice())
                .httpStatus(response.status())
                .code(body.code())
                .requestId(response.requestId().or(body::requestId))
                .retryAfter(max(RetryAfter.of(response, clock.instant()), rule.minRetryDelay()))
                .mayHaveActed(description.operation().isMutating() && ErrorCatalog.isAmbiguous(response.status()))
                .quotaScope(rule.quotaScope())
                .build());
    }

    /** Creates the exception of a response that is truncated or unreadable. */
    public CloudException unreadableResponse(
            CallDescription description, CloudHttpResponse response, NoResponseCause reason) {
        var mutating = description.operation().isMutating();
        var body = ErrorBody.of(response);
        var html = body.shape() == ErrorBody.Shape.HTML;
        var kind = html && !mutating ? Kind.MISCONFIGURED : reason.kind();
        return new CloudException(details(description, kind, html ? body.message() : reason.text(), reason.advice())
                .httpStatus(response.status())
                .requestId(response.requestId())
                .mayHaveActed(mutating
                        && (response.isSuccess()
                                || !response.complete()
                                || ErrorCatalog.isAmbiguous(response.status())))
                .build());
    }

    /**
     * Creates the exception of a request without a response. It has no cause: the text of an exception of the HTTP client can
     * contain what the server sent, and a stack trace in the log would show it.
     */
    public CloudException noResponse(CallDescription description, NoResponseException noResponse) {
        return withoutResponse(description, noResponse.responseCause(), null);
    }

    /**
     * Creates the exception of a call without a readable response, also of a call that was not sent.
     *
     * @param cause may be null
     */
    public CloudException withoutResponse(CallDescription description, NoResponseCause reason, Throwable cause) {
        var host = reason == NoResponseCause.UNKNOWN_HOST || reason == NoResponseCause.CERTIFICATE_NOT_TRUSTED
                ? " (" + host(description.operation()) + ")"
                : "";
        return new CloudException(
                details(description, reason.kind(), reason.text() + host, reason.advice())
                        .mayHaveActed(description.operation().isMutating() && reason.mayHaveBeenSent())
                        .build(),
                cause);
    }

    /** Creates the exception of a problem that the operator found before sending, or in the content of a 2xx response. */
    public CloudException localFailure(CallDescription description, Kind kind, String message, String advice) {
        return new CloudException(details(description, kind, message, advice).build());
    }

    private CloudExceptionDetailsBuilder details(
            CallDescription description, Kind kind, String message, String advice) {
        return CloudExceptionDetailsBuilder.builder()
                .kind(kind)
                .operation(description.text())
                .cloudMessage(message)
                .advice(advice(advice, description.operation()));
    }

    private String host(CloudOperation operation) {
        return operation.isIam()
                ? settings.iamEndpoint().map(uri -> uri.getHost()).orElse("")
                : settings.endpoint().getHost();
    }

    /** Replaces the names in braces by the keys of settings. For calls to IAM, the endpoint is the endpoint of IAM. */
    private String advice(String template, CloudOperation operation) {
        var text = template;
        if (operation.isIam()) {
            text = text.replace("{endpoint}", "{iam-endpoint}");
        }
        for (var key : Key.values()) {
            text = text.replace("{" + key.suffix() + "}", settings.key(key));
        }
        return text;
    }

    private static Optional<Duration> max(Optional<Duration> one, Optional<Duration> other) {
        return one.isPresent() && other.isPresent() && one.get().compareTo(other.get()) < 0
                ? other
                : one.or(() -> other);
    }

    /** Creates the same failure for a later caller, with the remaining wait. The later call was not sent. */
    public static CloudException repeated(CloudException failure, Instant until, Instant now) {
        var remaining = Optional.of(Duration.between(now, until)).filter(wait -> !wait.isNegative());
        return new CloudException(
                CloudExceptionDetailsBuilder.builder(failure.details())
                        .retryAfter(remaining)
                        .mayHaveActed(false)
                        .build(),
                failure.getCause());
    }
}
