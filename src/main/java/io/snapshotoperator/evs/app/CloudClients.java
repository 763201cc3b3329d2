/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import io.snapshotoperator.evs.cloud.http.HttpCloudClient;
import io.snapshotoperator.evs.cloud.http.auth.CredentialKeys;
import io.snapshotoperator.evs.cloud.http.auth.CredentialSource;
import io.snapshotoperator.evs.cloud.http.call.CallObserver;
import io.snapshotoperator.evs.cloud.http.settings.ApiFamily;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Creates cloud clients from settings. */
final class CloudClients {
    private CloudClients() {}

    /** Returns whether the operator has a connection of its own. If not, it serves the connections of users only. */
    static boolean isConfigured(Settings.Connection connection) {
        return connection.region().isPresent()
                || connection.endpoint().isPresent()
                || !values(connection.credentials()).isEmpty()
                || connection.credentials().directory().isPresent();
    }

    /** @throws IllegalArgumentException naming the keys of settings that cannot be used */
    static HttpCloudClient create(Settings.Connection connection, CallObserver observer, InstantSource clock) {
        return new HttpCloudClient(
                settings(connection, family(connection.family())),
                credentials(connection.credentials(), clock),
                clock,
                observer);
    }

    /** @throws IllegalArgumentException naming all keys of settings that cannot be used */
    static ConnectionSettings settings(Settings.Connection connection, ApiFamily family) {
        return ConnectionSettings.builder()
                .region(connection.region().orElse(null))
                .endpoint(connection.endpoint().orElse(null))
                .iamEndpoint(connection.iamEndpoint().orElse(null))
                .projectId(connection.projectId().orElse(null))
                .projectName(connection.projectName().orElse(null))
                .family(family)
                .connectTimeout(connection.connectTimeout())
                .timeout(connection.timeout())
                .caBundle(connection.caBundle().orElse(null))
                .proxy(connection.proxy().orElse(null))
                .noProxy(connection.noProxy().orElse(null))
                .plainHttp(connection.plainHttp() || connection.simulator())
                .build();
    }

    /** @throws IllegalArgumentException if the word names no family */
    static ApiFamily family(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "native" -> ApiFamily.NATIVE;
            case "cinder" -> ApiFamily.CINDER;
            default -> throw new IllegalArgumentException("evs.connection.family must be native or cinder");
        };
    }

    /** @throws IllegalArgumentException naming all keys of credentials that cannot be used; never for a directory */
    static CredentialSource credentials(Settings.Credentials credentials, InstantSource clock) {
        if (credentials.directory().isPresent()) {
            return CredentialSource.ofDirectory(credentials.directory().get(), clock);
        }
        return CredentialSource.ofValues(values(credentials), CloudClients::settingOfCredential);
    }

    private static Map<String, String> values(Settings.Credentials credentials) {
        Map<String, String> values = new HashMap<>();
        put(values, CredentialKeys.USERNAME, credentials.username());
        put(values, CredentialKeys.PASSWORD, credentials.password());
        put(values, CredentialKeys.DOMAIN_NAME, credentials.domainName());
        put(values, CredentialKeys.ACCESS_KEY, credentials.accessKey());
        put(values, CredentialKeys.SECRET_KEY, credentials.secretKey());
        put(values, CredentialKeys.SECURITY_TOKEN, credentials.securityToken());
        return values;
    }

    /** Returns the setting that gives a credential: {@code domainName} is {@code evs.connection.credentials.domain-name}. */
    private static String settingOfCredential(String key) {
        return "evs.connection.credentials." + key.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static void put(Map<String, String> values, String key, Optional<String> value) {
        value.ifPresent(present -> values.put(key, present));
    }
}
