/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings.Key;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Parses the settings that are URLs. */
final class UrlParser {
    private static final Pattern VERSION_IN_PATH = Pattern.compile("(?i).*/v\\d+(\\.\\d+)?(/.*)?");
    private static final int DEFAULT_PROXY_PORT = 80;

    private final SettingProblems problems;
    private final boolean plainHttp;
    private final boolean httpsOnly;

    /**
     * @param plainHttp whether endpoints on other hosts may use plain HTTP
     * @param httpsOnly whether not even endpoints on the local host may use it
     */
    UrlParser(SettingProblems problems, boolean plainHttp, boolean httpsOnly) {
        this.problems = problems;
        this.plainHttp = plainHttp;
        this.httpsOnly = httpsOnly;
    }

    /** Returns the base URL of an API, without a trailing slash; empty if the text is null or has a problem. */
    Optional<URI> endpoint(Key key, String text) {
        if (text == null) {
            return Optional.empty();
        }
        URI uri;
        try {
            uri = new URI(text.replaceAll("/+$", ""));
        } catch (URISyntaxException e) {
            problems.add(key, "is not a URL");
            return Optional.empty();
        }
        var problem = problemOf(uri);
        if (problem.isPresent()) {
            problems.add(key, problem.get());
            return Optional.empty();
        }
        return Optional.of(
                URI.create(schemeOf(uri) + "://" + uri.getRawAuthority().toLowerCase(Locale.ROOT) + uri.getRawPath()));
    }

    /** No problem repeats the text, because it can contain a password, also where a URL has none. */
    private Optional<String> problemOf(URI uri) {
        var scheme = schemeOf(uri);
        if (uri.getUserInfo() != null) {
            return Optional.of("must not contain a user or a password");
        }
        if (uri.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
            return Optional.of("must look like https://evs.eu-de.otc.t-systems.com");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            return Optional.of("must not contain a query or a fragment");
        }
        if (VERSION_IN_PATH.matcher(uri.getPath()).matches()) {
            return Optional.of("must end before the version: the operator adds /v2 and the project, or /v3");
        }
        if (httpsOnly && !scheme.equals("https")) {
            return Optional.of("must start with https://");
        }
        if (!plainHttp && isUnencrypted(uri)) {
            return Optional.of(
                    "must start with https:// (or set " + problems.nameOf(Key.SIMULATOR) + " if it is the simulator)");
        }
        return Optional.empty();
    }

    /** Returns whether requests to this URL cross a network without encryption. */
    static boolean isUnencrypted(URI uri) {
        return schemeOf(uri).equals("http") && !ProxyRoute.isLoopback(uri.getHost());
    }

    private static String schemeOf(URI uri) {
        return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    }

    /** Returns the route of a proxy; empty if the proxy is null or has a problem. */
    Optional<ProxyRoute> proxy(String proxy, String noProxy) {
        if (proxy == null) {
            return Optional.empty();
        }
        URI uri;
        try {
            uri = new URI(proxy.contains("://") ? proxy : "http://" + proxy);
        } catch (URISyntaxException e) {
            problems.add(Key.PROXY, "is not a URL");
            return Optional.empty();
        }
        if (uri.getUserInfo() != null) {
            problems.add(
                    Key.PROXY, "must not contain a user or a password: proxies that require a login are not supported");
            return Optional.empty();
        }
        if (uri.getHost() == null || !"http".equalsIgnoreCase(uri.getScheme())) {
            problems.add(Key.PROXY, "must look like http://proxy.example.com:3128");
            return Optional.empty();
        }
        var port = uri.getPort() == -1 ? DEFAULT_PROXY_PORT : uri.getPort();
        return Optional.of(new ProxyRoute(uri.getHost(), port, entriesOf(noProxy)));
    }

    private static List<String> entriesOf(String noProxy) {
        return noProxy == null
                ? List.of()
                : Arrays.stream(noProxy.split(","))
                        .map(String::strip)
                        .filter(entry -> !entry.isEmpty())
                        .toList();
    }
}
