/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Details;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
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
     * @param absent whether the response says that the snapshot does not exist, which is not a failure
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
        return new CloudException(new Details(
                kind,
                description.text(),
                Optional.of(response.status()),
                body.code(),
                body.message(),
                advice(rule.advice(), description.operation()),
                response.requestId().or(body::requestId),
                max(RetryAfter.of(response, clock.instant()), rule.minRetryDelay()),
                description.operation().isMutating() && ErrorCatalog.isAmbiguous(response.status()),
                rule.quotaScope()));
    }

    /** Creates the exception of a response that is truncated or unreadable. */
    public CloudException unreadableResponse(
            CallDescription description, CloudHttpResponse response, NoResponseCause cause) {
        var mayHaveActed = description.operation().isMutating()
                && (response.isSuccess() || !response.complete() || ErrorCatalog.isAmbiguous(response.status()));
        var body = ErrorBody.of(response);
        var html = body.shape() == ErrorBody.Shape.HTML;
        return new CloudException(new Details(
                html && !description.operation().isMutating() ? Kind.MISCONFIGURED : cause.kind(),
                description.text(),
                Optional.of(response.status()),
                Optional.empty(),
                html ? body.message() : cause.text(),
                advice(cause.advice(), description.operation()),
                response.requestId(),
                Optional.empty(),
                mayHaveActed));
    }

    /** Creates the exception of a request without a response. */
    public CloudException noResponse(CallDescription description, NoResponseException noResponse) {
        return withoutResponse(description, noResponse.responseCause(), noResponse.getCause());
    }

    /**
     * Creates the exception of a call without a readable response, also of a call that was not sent.
     *
     * @param cause may be null
     */
    public CloudException withoutResponse(CallDescription description, NoResponseCause reason, Throwable cause) {
        var subject = reason == NoResponseCause.UNKNOWN_HOST || reason == NoResponseCause.CERTIFICATE_NOT_TRUSTED
                ? " (" + host(description.operation()) + ")"
                : "";
        return new CloudException(
                new Details(
                        reason.kind(),
                        description.text(),
                        Optional.empty(),
                        Optional.empty(),
                        reason.text() + subject,
                        advice(reason.advice(), description.operation()),
                        Optional.empty(),
                        Optional.empty(),
                        description.operation().isMutating() && reason.mayHaveBeenSent()),
                cause);
    }

    /** Creates the exception of a problem that the operator found before sending, or in the content of a 2xx response. */
    public CloudException localFailure(CallDescription description, Kind kind, String message, String advice) {
        return new CloudException(new Details(
                kind,
                description.text(),
                Optional.empty(),
                Optional.empty(),
                message,
                advice(advice, description.operation()),
                Optional.empty(),
                Optional.empty(),
                false));
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
        var details = failure.details();
        return new CloudException(
                new Details(
                        details.kind(),
                        details.operation(),
                        details.httpStatus(),
                        details.code(),
                        details.cloudMessage(),
                        details.advice(),
                        details.requestId(),
                        Optional.of(Duration.between(now, until)).filter(wait -> !wait.isNegative()),
                        false,
                        details.quotaScope()),
                failure.getCause());
    }
}
