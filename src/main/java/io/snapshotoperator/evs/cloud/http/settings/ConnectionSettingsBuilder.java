/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings.Key;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings.Project;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/** Collects settings as people write them, and checks them together. Null and blank mean: not given. */
public final class ConnectionSettingsBuilder {
    private static final Pattern PROJECT_ID = Pattern.compile("[0-9A-Za-z_-]{1,64}");
    private static final Pattern VERSION_IN_PATH = Pattern.compile("(?i).*/v\\d+(\\.\\d+)?(/.*)?");

    private final String keyPrefix;
    private final List<String> problems = new ArrayList<>();
    private String region;
    private String endpoint;
    private String iamEndpoint;
    private String projectId;
    private String projectName;
    private ApiFamily family = ApiFamily.NATIVE;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration timeout = Duration.ofSeconds(20);
    private Path caBundle;
    private boolean onlyCaBundle;
    private String proxy;
    private String noProxy;
    private boolean plainHttp;
    private String userAgent = "evs-snapshot-operator";

    ConnectionSettingsBuilder(String keyPrefix) {
        this.keyPrefix = keyPrefix;
    }

    /** Gives both endpoints, and the project of the region's own name, as far as these are not given themselves. */
    public ConnectionSettingsBuilder region(String value) {
        region = blankToNull(value);
        return this;
    }

    public ConnectionSettingsBuilder endpoint(String value) {
        endpoint = blankToNull(value);
        return this;
    }

    public ConnectionSettingsBuilder iamEndpoint(String value) {
        iamEndpoint = blankToNull(value);
        return this;
    }

    public ConnectionSettingsBuilder projectId(String value) {
        projectId = blankToNull(value);
        return this;
    }

    public ConnectionSettingsBuilder projectName(String value) {
        projectName = blankToNull(value);
        return this;
    }

    public ConnectionSettingsBuilder family(ApiFamily value) {
        family = Objects.requireNonNull(value);
        return this;
    }

    public ConnectionSettingsBuilder connectTimeout(Duration value) {
        connectTimeout = Objects.requireNonNull(value);
        return this;
    }

    public ConnectionSettingsBuilder timeout(Duration value) {
        timeout = Objects.requireNonNull(value);
        return this;
    }

    /** @param value PEM file with certificates to trust beside those of the JVM; null for none */
    public ConnectionSettingsBuilder caBundle(Path value) {
        caBundle = value;
        return this;
    }

    /** Trusts the bundle alone. */
    public ConnectionSettingsBuilder onlyCaBundle(boolean value) {
        onlyCaBundle = value;
        return this;
    }

    /** @param value as {@code HTTPS_PROXY}: {@code http://host:port} or {@code host:port} */
    public ConnectionSettingsBuilder proxy(String value) {
        proxy = blankToNull(value);
        return this;
    }

    /** @param value as {@code NO_PROXY}: entries separated by commas, see {@link ProxyRoute} */
    public ConnectionSettingsBuilder noProxy(String value) {
        noProxy = blankToNull(value);
        return this;
    }

    /** Lets endpoints on other machines be plain HTTP, for the simulator in a cluster. Passwords travel readably. */
    public ConnectionSettingsBuilder plainHttp(boolean value) {
        plainHttp = value;
        return this;
    }

    public ConnectionSettingsBuilder userAgent(String value) {
        userAgent = Objects.requireNonNull(value);
        return this;
    }

    /** @throws InvalidSettingsException naming the keys of all settings that cannot be used */
    public ConnectionSettings build() {
        problems.clear();
        var ofRegion = Optional.ofNullable(region).flatMap(Region::named);
        if (region != null && ofRegion.isEmpty() && (endpoint == null || iamEndpoint == null)) {
            problem(
                    Key.REGION,
                    "'" + region + "' is no region whose hosts are known: give " + key(Key.ENDPOINT) + " and "
                            + key(Key.IAM_ENDPOINT));
        }
        if (region == null && endpoint == null) {
            problem(Key.ENDPOINT, "is missing: give it, or " + key(Key.REGION));
        }
        var evs = url(
                Key.ENDPOINT,
                endpoint != null ? endpoint : ofRegion.map(Region::endpoint).orElse(null));
        var iam = url(
                Key.IAM_ENDPOINT,
                iamEndpoint != null
                        ? iamEndpoint
                        : ofRegion.map(Region::iamEndpoint).orElse(null));
        var project = project();
        if (iam.isEmpty() && projectId == null && iamEndpoint == null && region == null) {
            problem(Key.IAM_ENDPOINT, "is missing: give it, or " + key(Key.REGION));
        }
        if (connectTimeout.isNegative() || connectTimeout.isZero()) {
            problem(Key.CONNECT_TIMEOUT, "must be longer than nothing, not " + connectTimeout);
        }
        if (timeout.compareTo(connectTimeout) < 0) {
            problem(
                    Key.TIMEOUT,
                    "is for the whole call, so it must not be shorter than " + key(Key.CONNECT_TIMEOUT) + " (" + timeout
                            + " < " + connectTimeout + ")");
        }
        if (onlyCaBundle && caBundle == null) {
            problem(Key.CA_BUNDLE, "is missing, although nothing else is to be trusted");
        }
        if (caBundle != null) {
            TrustedCertificates.problemOf(caBundle).ifPresent(reason -> problem(Key.CA_BUNDLE, reason));
        }
        var route = proxyRoute();
        if (!HeaderValue.isSafe(userAgent.replace(" ", ""))) {
            problem(Key.ENDPOINT, "the user agent holds characters that a header cannot");
        }
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
        return new ConnectionSettings(
                evs.orElseThrow(),
                iam,
                project.orElseThrow(),
                family,
                connectTimeout,
                timeout,
                Optional.ofNullable(caBundle),
                onlyCaBundle,
                route,
                userAgent,
                keyPrefix);
    }

    private Optional<Project> project() {
        if (projectId != null && !PROJECT_ID.matcher(projectId).matches()) {
            problem(
                    Key.PROJECT_ID,
                    "'" + projectId + "' is no project id (usually 32 hexadecimal digits); a name goes to "
                            + key(Key.PROJECT_NAME));
        }
        // A project called like the region is the account's default one (IAM API reference, project names).
        var name = Optional.ofNullable(projectName).or(() -> Optional.ofNullable(region));
        if (projectId == null && name.isEmpty()) {
            problem(Key.PROJECT_ID, "is missing: give it, " + key(Key.PROJECT_NAME) + " or " + key(Key.REGION));
            return Optional.empty();
        }
        return Optional.of(new Project(Optional.ofNullable(projectId), name));
    }

    private Optional<URI> url(Key key, String text) {
        if (text == null) {
            return Optional.empty();
        }
        URI uri;
        try {
            uri = new URI(text.replaceAll("/+$", ""));
        } catch (URISyntaxException e) {
            problem(key, "is no URL");
            return Optional.empty();
        }
        var before = problems.size();
        var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (uri.getUserInfo() != null) {
            problem(key, "must not hold a user or a password");
        } else if (uri.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
            problem(key, "must look like https://evs.eu-de.otc.t-systems.com, not '" + text + "'");
        } else if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            problem(key, "must not hold a query or a fragment");
        } else if (VERSION_IN_PATH.matcher(uri.getPath()).matches()) {
            problem(key, "must end before the version: the operator adds /v2 and the project, or /v3, by itself");
        } else if (scheme.equals("http") && !plainHttp && !ProxyRoute.isLoopback(uri.getHost())) {
            problem(key, "must begin with https:// (or set " + key(Key.PLAIN_HTTP) + ", for the simulator)");
        }
        if (problems.size() > before) {
            return Optional.empty();
        }
        return Optional.of(
                URI.create(scheme + "://" + uri.getRawAuthority().toLowerCase(Locale.ROOT) + uri.getRawPath()));
    }

    private Optional<ProxyRoute> proxyRoute() {
        if (proxy == null) {
            return Optional.empty();
        }
        try {
            var uri = new URI(proxy.contains("://") ? proxy : "http://" + proxy);
            if (uri.getUserInfo() != null) {
                problem(Key.PROXY, "must not hold a user or a password: proxies that ask for one are not supported");
            } else if (uri.getHost() == null || !"http".equalsIgnoreCase(uri.getScheme())) {
                problem(Key.PROXY, "must look like http://proxy.example.com:3128");
            } else {
                var except = noProxy == null
                        ? List.<String>of()
                        : Arrays.stream(noProxy.split(","))
                                .map(String::strip)
                                .filter(entry -> !entry.isEmpty())
                                .toList();
                return Optional.of(new ProxyRoute(uri.getHost(), uri.getPort() == -1 ? 80 : uri.getPort(), except));
            }
        } catch (URISyntaxException e) {
            problem(Key.PROXY, "is no URL");
        }
        return Optional.empty();
    }

    private void problem(Key key, String what) {
        problems.add(key(key) + " " + what);
    }

    private String key(Key key) {
        return keyPrefix + key.suffix();
    }

    private static String blankToNull(String value) {
        return value == null || value.isBlank() ? null : value.strip();
    }
}
