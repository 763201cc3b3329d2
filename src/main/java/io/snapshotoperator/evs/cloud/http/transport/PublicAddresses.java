/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Decides whether a host has only public addresses. A user who names the endpoint must not make the operator talk to the local
 * host, to the cluster or to the metadata service of the node.
 *
 * <p>The HTTP client resolves the name again, and the answer can differ. But it then sends no request before the server has
 * shown a certificate for the name, and a server of the private network has none.
 */
final class PublicAddresses {
    private PublicAddresses() {}

    /** @throws UnknownHostException if the host has no address */
    static boolean onlyHas(String host) throws UnknownHostException {
        return Arrays.stream(InetAddress.getAllByName(host)).allMatch(PublicAddresses::isPublic);
    }

    /** Whether an address is in none of the ranges of the registries of special-purpose addresses (RFC 6890). */
    static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        return address instanceof Inet4Address ? isPublic4(address.getAddress()) : isPublic6((Inet6Address) address);
    }

    private static boolean isPublic4(byte[] bytes) {
        var first = bytes[0] & 0xff;
        var second = bytes[1] & 0xff;
        var third = bytes[2] & 0xff;
        return first != 0
                // Shared address space (RFC 6598), which Huawei Cloud also uses for its internal services.
                && !(first == 100 && second >= 64 && second < 128)
                && !(first == 192 && second == 0 && (third == 0 || third == 2))
                && !(first == 198 && (second == 18 || second == 19))
                && !(first == 198 && second == 51 && third == 100)
                && !(first == 203 && second == 0 && third == 113)
                && first < 240;
    }

    /** Only global unicast addresses, and none that contains an IPv4 address (NAT64, 6to4, Teredo). */
    private static boolean isPublic6(Inet6Address address) {
        var bytes = address.getAddress();
        var first = (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
        var second = (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
        var isGlobalUnicast = first >> 13 == 1;
        return isGlobalUnicast && first != 0x2002 && !(first == 0x2001 && (second == 0 || second == 0xdb8));
    }
}
