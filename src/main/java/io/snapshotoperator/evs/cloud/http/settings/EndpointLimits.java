/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the administrator of the operator allows users to name as the endpoints of their connections. Without limits, a user could
 * make the operator send requests to every host that it can reach.
 *
 * @param hosts the host names that are allowed. {@code *.example.com} stands for all names below {@code example.com}, but not for
 *     this name itself
 * @param regions the regions that are allowed; empty for all of which the operator knows the hosts
 * @param privateAddresses whether a host may have an address that is not public
 */
public record EndpointLimits(List<String> hosts, Set<String> regions, boolean privateAddresses) {
    public EndpointLimits {
        hosts = hosts.stream()
                .map(host -> host.strip().toLowerCase(Locale.ROOT))
                .toList();
        regions = Set.copyOf(regions);
    }

    public static EndpointLimits of(Collection<String> hosts, Set<String> regions, boolean privateAddresses) {
        return new EndpointLimits(List.copyOf(hosts), regions, privateAddresses);
    }

    /** Returns what is wrong with a region; empty if it is allowed. */
    Optional<String> problemOfRegion(String region) {
        return regions.isEmpty() || regions.contains(region)
                ? Optional.empty()
                : Optional.of("is not a region that the administrator of the operator allows ("
                        + String.join(", ", regions) + "; setting evs.connections.regions)");
    }

    /** Returns what is wrong with the host of an endpoint; empty if it is allowed. */
    Optional<String> problemOfHost(URI endpoint) {
        var host = endpoint.getHost().toLowerCase(Locale.ROOT);
        return hosts.stream().anyMatch(pattern -> matches(pattern, host))
                ? Optional.empty()
                : Optional.of("has a host that the administrator of the operator does not allow (allowed are "
                        + String.join(", ", hosts) + "; setting evs.connections.hosts)");
    }

    private static boolean matches(String pattern, String host) {
        return pattern.startsWith("*.")
                ? host.endsWith(pattern.substring(1)) && host.length() > pattern.length() - 1
                : host.equals(pattern);
    }
}
