/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import java.util.Objects;
import java.util.Optional;

/** Credentials of the cloud. {@code toString} contains names, never secrets. */
public sealed interface Credentials {

    /**
     * The credentials of an IAM user, for which IAM issues a token (IAM API reference, "Obtaining a User Token Through Password Authentication").
     *
     * @param domain the name of the account of the user
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
     * A key pair that signs each request (API usage guide, "AK/SK Authentication").
     *
     * @param securityToken present if the key pair is temporary
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
