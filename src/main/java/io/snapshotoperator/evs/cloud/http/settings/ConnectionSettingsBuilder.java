/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import io.snapshotoperator.evs.cloud.CloudText;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings.Key;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings.Project;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/** Collects the settings of a connection as texts, and checks them together. Null and blank mean that a setting is not set. */
public final class ConnectionSettingsBuilder {
    private static final Pattern SHOWABLE = Pattern.compile("[0-9A-Za-z._ -]{1,64}");

    private final KeyNames names;
    private String region;
    private String endpoint;
    private String iamEndpoint;
    private String projectId;
    private String projectName;
    private ApiFamily family = ApiFamily.NATIVE;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration timeout = Duration.ofSeconds(20);
    private CaBundle caBundle;
    private boolean onlyCaBundle;
    private String proxy;
    private String noProxy;
    private boolean plainHttp;
    private EndpointLimits limits;
    private String userAgent = "evs-snapshot-operator";

    ConnectionSettingsBuilder(KeyNames names) {
        this.names = names;
    }

    /** Sets both endpoints, and the project with the name of the region. Each of them can be set separately instead. */
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

    /** @param value PEM file with certificates to trust in addition to those of the JVM; null for none */
    public ConnectionSettingsBuilder caBundle(Path value) {
        caBundle = value == null ? null : new CaBundle.PemFile(value);
        return this;
    }

    /** @param pem certificates to trust in addition to those of the JVM */
    public ConnectionSettingsBuilder caBundlePem(String pem) {
        caBundle = new CaBundle.PemText(pem);
        return this;
    }

    /** @param value whether only the certificates of the bundle are trusted */
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

    /** Allows plain HTTP to other hosts. The network then sees passwords and tokens as plain text. */
    public ConnectionSettingsBuilder plainHttp(boolean value) {
        plainHttp = value;
        return this;
    }

    /**
     * Limits the endpoints, for settings of users. Then requests also use no proxy and no plain HTTP, not even to the local
     * host.
     */
    public ConnectionSettingsBuilder limits(EndpointLimits value) {
        limits = Objects.requireNonNull(value);
        return this;
    }

    public ConnectionSettingsBuilder userAgent(String value) {
        userAgent = Objects.requireNonNull(value);
        return this;
    }

    /**
     * Returns the checked settings.
     *
     * @throws InvalidSettingsException naming the keys of all invalid settings
     */
    public ConnectionSettings build() {
        var problems = new SettingProblems(names);
        var urls = new UrlParser(problems, plainHttp, limits != null);
        var regionHosts = Optional.ofNullable(region).flatMap(Region::named);
        checkRegion(problems, regionHosts.isPresent());
        var evs = urls.endpoint(
                Key.ENDPOINT,
                endpoint != null ? endpoint : regionHosts.map(Region::endpoint).orElse(null));
        var iam = urls.endpoint(
                Key.IAM_ENDPOINT,
                iamEndpoint != null
                        ? iamEndpoint
                        : regionHosts.map(Region::iamEndpoint).orElse(null));
        var project = project(problems);
        if (iam.isEmpty() && projectId == null && iamEndpoint == null && region == null) {
            problems.add(Key.IAM_ENDPOINT, "is missing: set it or " + problems.nameOf(Key.REGION));
        }
        checkTimeouts(problems);
        checkCaBundle(problems);
        var route = limits == null ? urls.proxy(proxy, noProxy) : Optional.of(ProxyRoute.DIRECT);
        checkLimits(problems, evs, iam);
        if (!HeaderValue.isSafe(userAgent.replace(" ", ""))) {
            problems.add(Key.ENDPOINT, "the user agent contains a character that is not allowed in a header");
        }
        problems.throwIfAny();
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
                limits != null && !limits.privateAddresses(),
                names);
    }

    private void checkRegion(SettingProblems problems, boolean hostsAreKnown) {
        if (region != null && !hostsAreKnown && (endpoint == null || iamEndpoint == null)) {
            problems.add(
                    Key.REGION,
                    shown(region) + "is a region with unknown hosts: set " + problems.nameOf(Key.ENDPOINT) + " and "
                            + problems.nameOf(Key.IAM_ENDPOINT));
        }
        if (region == null && endpoint == null) {
            problems.add(Key.ENDPOINT, "is missing: set it or " + problems.nameOf(Key.REGION));
        }
    }

    private void checkLimits(SettingProblems problems, Optional<URI> evs, Optional<URI> iam) {
        if (limits == null) {
            return;
        }
        if (region != null) {
            limits.problemOfRegion(region).ifPresent(problem -> problems.add(Key.REGION, problem));
        }
        evs.flatMap(limits::problemOfHost)
                .ifPresent(problem -> problems.add(endpoint == null ? Key.REGION : Key.ENDPOINT, problem));
        iam.flatMap(limits::problemOfHost)
                .ifPresent(problem -> problems.add(iamEndpoint == null ? Key.REGION : Key.IAM_ENDPOINT, problem));
    }

    private void checkTimeouts(SettingProblems problems) {
        if (connectTimeout.isNegative() || connectTimeout.isZero()) {
            problems.add(Key.CONNECT_TIMEOUT, "must be longer than zero, not " + connectTimeout);
        }
        if (timeout.compareTo(connectTimeout) < 0) {
            problems.add(
                    Key.TIMEOUT,
                    "is the limit of the whole call, so it must not be shorter than "
                            + problems.nameOf(Key.CONNECT_TIMEOUT) + " (" + timeout + " < " + connectTimeout + ")");
        }
    }

    private void checkCaBundle(SettingProblems problems) {
        if (onlyCaBundle && caBundle == null) {
            problems.add(Key.CA_BUNDLE, "is missing, but only its certificates are trusted");
        }
        if (caBundle != null) {
            TrustedCertificates.problemOf(caBundle).ifPresent(problem -> problems.add(Key.CA_BUNDLE, problem));
        }
    }

    private Optional<Project> project(SettingProblems problems) {
        if (projectId != null && CloudText.withoutSecrets().id(projectId).isEmpty()) {
            problems.add(
                    Key.PROJECT_ID,
                    shown(projectId) + "is not a project id (usually 32 hexadecimal digits); set a name in "
                            + problems.nameOf(Key.PROJECT_NAME));
        }
        // The project with the name of the region is the default project of the account (IAM API reference, project
        // names).
        var name = Optional.ofNullable(projectName).or(() -> Optional.ofNullable(region));
        if (projectId == null && name.isEmpty()) {
            problems.add(
                    Key.PROJECT_ID,
                    "is missing: set it, " + problems.nameOf(Key.PROJECT_NAME) + " or " + problems.nameOf(Key.REGION));
            return Optional.empty();
        }
        return Optional.of(new Project(Optional.ofNullable(projectId), name));
    }

    /** Repeats only a short value without special characters, because a URL with a password can be in the wrong setting. */
    private static String shown(String value) {
        return SHOWABLE.matcher(value).matches() ? "'" + value + "' " : "";
    }

    private static String blankToNull(String value) {
        return value == null || value.isBlank() ? null : value.strip();
    }
}
