/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.http.auth.Credentials.AccessKey;
import io.snapshotoperator.evs.cloud.http.auth.Credentials.Password;
import io.snapshotoperator.evs.cloud.http.call.RequestExecutor;
import io.snapshotoperator.evs.cloud.http.error.CallDescription;
import io.snapshotoperator.evs.cloud.http.error.CloudExceptionFactory;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import io.snapshotoperator.evs.cloud.http.transport.Deadline;
import io.snapshotoperator.evs.cloud.http.transport.Secrets;
import java.time.InstantSource;

/** Authenticates requests by the current credentials: a password by token, an access key by signature. */
public final class CloudAuthenticator {
    private final CredentialSource source;
    private final TokenAuthenticator tokens;
    private final AkSkAuthenticator signatures;
    private final CloudExceptionFactory failures;

    public CloudAuthenticator(
            ConnectionSettings settings,
            CredentialSource source,
            RequestExecutor executor,
            CloudExceptionFactory failures,
            InstantSource clock) {
        this.source = source;
        this.failures = failures;
        this.tokens = new TokenAuthenticator(settings, executor, failures, clock);
        this.signatures = new AkSkAuthenticator(settings, executor, failures, source, clock);
    }

    /**
     * Returns the authentication of one call; the caller closes it. May log in.
     *
     * @throws CloudException if there are no usable credentials, or if login or project lookup fail
     */
    public RequestAuthentication authenticate(Deadline deadline) {
        var credentials = credentials();
        try {
            return credentials instanceof Password password
                    ? tokens.open(password, deadline)
                    : signatures.open((AccessKey) credentials, deadline);
        } catch (CloudException failure) {
            if (failure.kind() == Kind.NOT_AUTHORIZED) {
                source.onRejected();
            }
            throw failure;
        }
    }

    /**
     * Returns the secrets of the current credentials, and the current token.
     *
     * @throws CloudException if there are no usable credentials
     */
    public Secrets secrets() {
        var credentials = credentials();
        return credentials instanceof Password password
                ? tokens.secrets(password)
                : ((AccessKey) credentials).secrets();
    }

    private Credentials credentials() {
        try {
            return source.current();
        } catch (InvalidCredentialsException e) {
            throw failures.localFailure(
                    new CallDescription(CloudOperation.LOGIN, "read the credentials"),
                    Kind.NOT_AUTHORIZED,
                    e.getMessage(),
                    "Correct {credentials}. The operator reads them again automatically.");
        }
    }
}
