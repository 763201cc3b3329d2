/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;

/**
 * A proxy and the hosts that bypass it, as in {@code HTTPS_PROXY} and {@code NO_PROXY}. A host name includes its subdomains,
 * with or without a leading dot. An entry can also be an address, an address range such as {@code 10.0.0.0/8}, or {@code *} for
 * every host. Names and addresses can have a port. The local host always bypasses the proxy.
 *
 * @param except the hosts that bypass the proxy
 */
public record ProxyRoute(String host, int port, List<String> except) {
    /** Bypasses the proxy for every host, also one of the JVM's settings. */
    static final ProxyRoute DIRECT = new ProxyRoute("none", 0, List.of("*"));

    public ProxyRoute {
        except = List.copyOf(except);
    }

    /** Returns whether requests to this URI bypass the proxy. */
    boolean bypasses(URI uri) {
        var target = uri.getHost().toLowerCase(Locale.ROOT);
        return isLoopback(target) || except.stream().anyMatch(entry -> covers(entry, target, portOf(uri)));
    }

    public ProxySelector selector() {
        return new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                return List.of(bypasses(uri) ? Proxy.NO_PROXY : proxy());
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException e) {
                // There is no second proxy. The failed call is reported to its caller.
            }
        };
    }

    /** Resolves the host name for each connection, because its address can change. */
    private Proxy proxy() {
        return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(host, port));
    }

    static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }

    private static int portOf(URI uri) {
        if (uri.getPort() != -1) {
            return uri.getPort();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    private static boolean covers(String entry, String host, int port) {
        var pattern = entry.strip().toLowerCase(Locale.ROOT);
        if (pattern.equals("*")) {
            return true;
        }
        if (pattern.contains("/")) {
            return inRange(pattern, host);
        }
        var colon = pattern.lastIndexOf(':');
        if (colon > 0 && pattern.substring(colon + 1).matches("\\d+")) {
            if (Integer.parseInt(pattern.substring(colon + 1)) != port) {
                return false;
            }
            pattern = pattern.substring(0, colon);
        }
        if (pattern.startsWith("*.")) {
            pattern = pattern.substring(1);
        }
        var domain = pattern.startsWith(".") ? pattern : "." + pattern;
        return host.equals(domain.substring(1)) || host.endsWith(domain);
    }

    private static boolean inRange(String range, String host) {
        if (!host.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
            return false;
        }
        var slash = range.indexOf('/');
        var network = range.substring(0, slash);
        if (!network.matches("\\d{1,3}(\\.\\d{1,3}){3}")
                || !range.substring(slash + 1).matches("\\d{1,2}")) {
            return false;
        }
        var bits = Math.min(32, Integer.parseInt(range.substring(slash + 1)));
        var mask = bits == 0 ? 0 : -1 << (32 - bits);
        return (number(network) & mask) == (number(host) & mask);
    }

    private static int number(String address) {
        try {
            var number = 0;
            for (var part : InetAddress.getByName(address).getAddress()) {
                number = number << 8 | (part & 0xff);
            }
            return number;
        } catch (UnknownHostException notAnAddress) {
            return -1;
        }
    }
}
