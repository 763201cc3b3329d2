/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The settings of one connection to the cloud. {@link #builder()} checks them and reports all problems at once.
 *
 * @param endpoint the base URL of EVS, without version and project
 * @param iamEndpoint the base URL of IAM; can be empty only if the project is set by id and the credentials are an access key
 * @param project the project of the snapshots
 * @param connectTimeout the maximum time to open one connection, including TLS
 * @param timeout the maximum time of one whole call, including a login, a second request and the body
 * @param caBundle certificates to trust
 * @param onlyCaBundle whether the bundle replaces the certificates that the JVM trusts, or is added to them
 * @param proxy if empty, the settings of the JVM apply
 * @param publicAddressesOnly whether a request to a host with an address that is not public is an error
 * @param names the names of the settings in messages
 */
public record ConnectionSettings(
        URI endpoint,
        Optional<URI> iamEndpoint,
        Project project,
        ApiFamily family,
        Duration connectTimeout,
        Duration timeout,
        Optional<CaBundle> caBundle,
        boolean onlyCaBundle,
        Optional<ProxyRoute> proxy,
        String userAgent,
        boolean publicAddressesOnly,
        KeyNames names) {

    public ConnectionSettings {
        Objects.requireNonNull(endpoint);
        Objects.requireNonNull(project);
        Objects.requireNonNull(family);
    }

    /** Returns a builder whose messages name keys such as {@code evs.connection.endpoint}. */
    public static ConnectionSettingsBuilder builder() {
        return builder(KeyNames.SETTINGS);
    }

    /** Returns a builder whose messages have other names. */
    public static ConnectionSettingsBuilder builder(KeyNames names) {
        return new ConnectionSettingsBuilder(names);
    }

    /** Returns the name of a setting for messages. */
    public String key(Key key) {
        return names.of(key);
    }

    /** Returns the settings whose URLs lead to another machine without encryption. */
    public List<Key> unencryptedEndpoints() {
        var keys = new ArrayList<Key>();
        if (UrlParser.isUnencrypted(endpoint)) {
            keys.add(Key.ENDPOINT);
        }
        iamEndpoint.filter(UrlParser::isUnencrypted).ifPresent(unencrypted -> keys.add(Key.IAM_ENDPOINT));
        return keys;
    }

    /** A project by its id, or by a name whose id IAM returns. The id takes precedence over the name. */
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

    /** The settings that messages can name. */
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
        SIMULATOR("simulator"),
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
