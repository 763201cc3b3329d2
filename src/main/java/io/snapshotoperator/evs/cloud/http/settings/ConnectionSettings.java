/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How one connection reaches the cloud. Made by {@link #builder()}, which reports all that is wrong at once.
 *
 * @param endpoint base URL of EVS, without the version and the project
 * @param iamEndpoint base URL of IAM; empty only when the project is given by id, and then good for access keys only
 * @param project the project whose snapshots are meant
 * @param connectTimeout longest time for establishing one connection, TLS included
 * @param timeout longest time for one call as a whole: a login it may need, a replay, and the last byte of the body
 * @param caBundle PEM file with certificates to trust
 * @param onlyCaBundle whether the bundle replaces what the JVM trusts rather than adding to it
 * @param proxy empty: what the JVM's own settings say
 * @param keyPrefix what stands before a setting's key in messages, e.g. {@code evs.connection.}
 */
public record ConnectionSettings(
        URI endpoint,
        Optional<URI> iamEndpoint,
        Project project,
        ApiFamily family,
        Duration connectTimeout,
        Duration timeout,
        Optional<Path> caBundle,
        boolean onlyCaBundle,
        Optional<ProxyRoute> proxy,
        String userAgent,
        String keyPrefix) {

    public ConnectionSettings {
        Objects.requireNonNull(endpoint);
        Objects.requireNonNull(project);
        Objects.requireNonNull(family);
    }

    /** Settings whose messages name keys such as {@code evs.connection.endpoint}. */
    public static ConnectionSettingsBuilder builder() {
        return builder("evs.connection.");
    }

    /** Settings that are written elsewhere, e.g. in a custom resource with the prefix {@code spec.}. */
    public static ConnectionSettingsBuilder builder(String keyPrefix) {
        return new ConnectionSettingsBuilder(keyPrefix);
    }

    /** How messages call a setting; {@code key} is one of the constants of {@link Key}. */
    public String key(Key key) {
        return keyPrefix + key.suffix();
    }

    /** A project by its id, or by a name that IAM is asked about. An id beats a name. */
    public record Project(Optional<String> id, Optional<String> name) {
        public Project {
            if (id.isEmpty() && name.isEmpty()) {
                throw new IllegalArgumentException("a project needs an id or a name");
            }
        }

        @Override
        public String toString() {
            return id.map(value -> "project " + value).orElseGet(() -> "project " + name.orElseThrow());
        }
    }

    /** The settings that messages may have to name. */
    public enum Key {
        REGION("region"),
        ENDPOINT("endpoint"),
        IAM_ENDPOINT("iam-endpoint"),
        PROJECT_ID("project-id"),
        PROJECT_NAME("project-name"),
        FAMILY("family"),
        CONNECT_TIMEOUT("connect-timeout"),
        TIMEOUT("timeout"),
        CA_BUNDLE("ca-bundle"),
        PROXY("proxy"),
        PLAIN_HTTP("plain-http"),
        CREDENTIALS("credentials");

        private final String suffix;

        Key(String suffix) {
            this.suffix = suffix;
        }

        public String suffix() {
            return suffix;
        }
    }
}
