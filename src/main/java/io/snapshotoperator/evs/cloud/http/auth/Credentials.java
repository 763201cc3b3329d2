/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import java.util.Objects;
import java.util.Optional;

/** What we prove with who we are. {@code toString} shows names, never secrets. */
public sealed interface Credentials {

    /**
     * An IAM user, exchanged for a token (IAM API reference, "Obtaining a User Token Through Password Authentication").
     *
     * @param domain name of the account that the user belongs to
     */
    record Password(String domain, String user, String password) implements Credentials {
        public Password {
            Objects.requireNonNull(domain);
            Objects.requireNonNull(user);
            Objects.requireNonNull(password);
        }

        @Override
        public String toString() {
            return "user " + user + " of account " + domain;
        }
    }

    /**
     * A key pair that signs every request (API usage guide, "AK/SK Authentication").
     *
     * @param securityToken present when the pair is a temporary one
     */
    record AccessKey(String accessKey, String secretKey, Optional<String> securityToken) implements Credentials {
        public AccessKey {
            Objects.requireNonNull(accessKey);
            Objects.requireNonNull(secretKey);
            Objects.requireNonNull(securityToken);
        }

        @Override
        public String toString() {
            return (securityToken.isPresent() ? "temporary access key " : "access key ") + accessKey;
        }
    }
}
