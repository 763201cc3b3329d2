/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.http.Credentials.AccessKey;
import io.snapshotoperator.evs.cloud.http.Credentials.Password;
import java.time.InstantSource;

/** Opens sessions by whichever kind of credentials there is now. */
final class Sessions {
    private final CredentialSource source;
    private final TokenSessions tokens;
    private final SignedSessions signatures;
    private final Failures failures;

    Sessions(
            ConnectionSettings settings,
            CredentialSource source,
            Exchanges exchanges,
            Failures failures,
            InstantSource clock) {
        this.source = source;
        this.failures = failures;
        this.tokens = new TokenSessions(settings, exchanges, failures, clock);
        this.signatures = new SignedSessions(settings, exchanges, failures, source, clock);
    }

    Session open(Deadline deadline) {
        var credentials = credentials();
        if (credentials instanceof Password password) {
            return tokens.open(password, deadline);
        }
        return signatures.open((AccessKey) credentials, deadline);
    }

    private Credentials credentials() {
        try {
            return source.current();
        } catch (InvalidCredentials e) {
            throw failures.onOurSide(
                    new Deed(Operation.LOGIN, "read the credentials"),
                    Kind.NOT_AUTHORIZED,
                    e.getMessage(),
                    "Correct {credentials}; it is read again by itself.");
        }
    }
}
