/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import io.snapshotoperator.evs.cloud.http.transport.Secrets;
import java.util.Objects;
import java.util.Optional;

/** Credentials of the cloud. {@code toString} contains names and the end of an access key, never secrets. */
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
        /** Of a shorter key, four characters would be too large a part. The keys of the cloud have 20. */
        private static final int MIN_SHOWN = 16;

        public AccessKey {
            Objects.requireNonNull(accessKey);
            Objects.requireNonNull(secretKey);
            Objects.requireNonNull(securityToken);
        }

        Secrets secrets() {
            return Secrets.of(accessKey, secretKey, securityToken.orElse(""));
        }

        @Override
        public String toString() {
            var kind = securityToken.isPresent() ? "temporary access key" : "access key";
            return accessKey.length() < MIN_SHOWN
                    ? kind
                    : kind + " ending in " + accessKey.substring(accessKey.length() - 4);
        }
    }
}
