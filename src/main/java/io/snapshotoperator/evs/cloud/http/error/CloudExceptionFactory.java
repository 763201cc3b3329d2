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

/** Writes the failures of one connection: kind, sentence, advice with the keys of its settings, and what may have happened. */
public final class CloudExceptionFactory {
    private final ConnectionSettings settings;
    private final InstantSource clock;

    public CloudExceptionFactory(ConnectionSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * What an answer other than a 2xx means.
     *
     * @param absent whether it is no failure: the cloud says that there is no such snapshot
     * @param failure empty exactly when absent
     */
    public record Classified(boolean absent, ErrorRule.AuthEffect authEffect, Optional<CloudException> failure) {}

    public Classified classify(CallDescription description, CloudHttpResponse response) {
        var body = ErrorBody.of(response);
        if (!response.complete() && body.code().isEmpty()) {
            // The part that would say what is meant may be the part that is missing.
            return new Classified(
                    false,
                    ErrorRule.AuthEffect.NONE,
                    Optional.of(unreadableResponse(description, response, NoResponseCause.RESPONSE_TRUNCATED)));
        }
        var line = ErrorCatalog.ruleFor(description.operation(), response.status(), body);
        return new Classified(
                line.kind().isEmpty(),
                line.authEffect(),
                line.kind().map(kind -> rejected(description, response, body, line, kind)));
    }

    private CloudException rejected(
            CallDescription description, CloudHttpResponse response, ErrorBody body, ErrorRule line, Kind kind) {
        return new CloudException(new Details(
                kind,
                description.text(),
                Optional.of(response.status()),
                body.code(),
                body.message(),
                advice(line.advice(), description.operation()),
                response.requestId().or(body::requestId),
                max(RetryAfter.of(response, clock.instant()), line.minRetryDelay()),
                description.operation().isMutating() && ErrorCatalog.isAmbiguous(response.status()),
                line.quotaScope()));
    }

    /** There is an answer, but not one that could be understood. */
    public CloudException unreadableResponse(
            CallDescription description, CloudHttpResponse response, NoResponseCause reason) {
        var doubt = description.operation().isMutating()
                && (response.isSuccess() || !response.complete() || ErrorCatalog.isAmbiguous(response.status()));
        var body = ErrorBody.of(response);
        var page = body.shape() == ErrorBody.Shape.HTML;
        return new CloudException(new Details(
                page && !description.operation().isMutating() ? Kind.MISCONFIGURED : reason.kind(),
                description.text(),
                Optional.of(response.status()),
                Optional.empty(),
                page ? body.message() : reason.text(),
                advice(reason.advice(), description.operation()),
                response.requestId(),
                Optional.empty(),
                doubt));
    }

    public CloudException noResponse(CallDescription description, NoResponseException noResponse) {
        return withoutResponse(description, noResponse.responseCause(), noResponse.getCause());
    }

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

    /** Found before anything was sent, or in a good answer that does not help. */
    public CloudException localFailure(CallDescription description, Kind kind, String what, String advice) {
        return new CloudException(new Details(
                kind,
                description.text(),
                Optional.empty(),
                Optional.empty(),
                what,
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

    /** Puts the keys of the settings where an advice names them. To IAM's failures the endpoint is IAM's. */
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

    /** The same failure told again to a later caller, with what is left of the wait. */
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
