/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The target of a request: a base URL, the segments of a path and a query, all unencoded. Both the URL of the request and the
 * signed text are made from it, so that they cannot differ.
 */
public record RequestTarget(URI base, List<String> segments, List<Map.Entry<String, String>> query) {
    public RequestTarget {
        segments = List.copyOf(segments);
        query = List.copyOf(query);
    }

    public URI uri() {
        return URI.create(base + path() + (query.isEmpty() ? "" : "?" + encoded(query.stream())));
    }

    /** Returns the path for the signature: each segment encoded, and a slash at the end, which the URL does not have. */
    public String canonicalPath() {
        var ofBase = Stream.of(base.getPath().split("/")).filter(segment -> !segment.isEmpty());
        var all = new ArrayList<String>(ofBase.toList());
        all.addAll(segments);
        return all.stream().map(segment -> encode(segment) + "/").collect(Collectors.joining("", "/", ""));
    }

    /** Returns the query for the signature: sorted by encoded key, then by encoded value. */
    public String canonicalQuery() {
        return query.stream()
                .map(pair -> Map.entry(encode(pair.getKey()), encode(pair.getValue())))
                .sorted(Map.Entry.<String, String>comparingByKey().thenComparing(Map.Entry.comparingByValue()))
                .map(pair -> pair.getKey() + "=" + pair.getValue())
                .collect(Collectors.joining("&"));
    }

    /** Returns the header {@code Host} as {@code java.net.http} sends it: without the default port of the scheme. */
    public String host() {
        var defaultPort = "https".equals(base.getScheme()) ? 443 : 80;
        return base.getPort() == -1 || base.getPort() == defaultPort
                ? base.getHost()
                : base.getHost() + ":" + base.getPort();
    }

    private String path() {
        return segments.stream().map(segment -> "/" + encode(segment)).collect(Collectors.joining());
    }

    private static String encoded(Stream<Map.Entry<String, String>> pairs) {
        return pairs.map(pair -> encode(pair.getKey()) + "=" + encode(pair.getValue()))
                .collect(Collectors.joining("&"));
    }

    /** Percent-encodes everything except {@code A-Z a-z 0-9 - _ . ~}, in UTF-8, with upper-case digits. */
    static String encode(String text) {
        var out = new StringBuilder(text.length());
        for (var octet : text.getBytes(StandardCharsets.UTF_8)) {
            var c = (char) (octet & 0xff);
            if (c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "-_.~".indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append('%').append(String.format("%02X", (int) c));
            }
        }
        return out.toString();
    }
}
