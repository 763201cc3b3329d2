/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A request as it arrived.
 *
 * @param path as sent, still percent-encoded
 * @param rawQuery as sent; empty if there was none
 * @param body at most one byte more than {@link #MAX_BODY_BYTES}
 */
record Request(String method, String path, String rawQuery, Headers headers, byte[] body) {

    /** API Gateway: error codes APIGW.0201, 413. */
    static final int MAX_BODY_BYTES = 12 * 1024 * 1024;

    /** A decoded name and value of the query. */
    record Parameter(String name, String value) {}

    static Request from(HttpExchange exchange) throws IOException {
        var uri = exchange.getRequestURI();
        var body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        return new Request(
                exchange.getRequestMethod(),
                Optional.ofNullable(uri.getRawPath()).orElse("/"),
                Optional.ofNullable(uri.getRawQuery()).orElse(""),
                exchange.getRequestHeaders(),
                body);
    }

    boolean isTooLarge() {
        return body.length > MAX_BODY_BYTES;
    }

    /** Returns the first value of the header; empty if the request does not have it. */
    Optional<String> header(String name) {
        return Optional.ofNullable(headers.getFirst(name));
    }

    List<Parameter> parameters() {
        var found = new ArrayList<Parameter>();
        for (var pair : rawQuery.split("&")) {
            if (!pair.isEmpty()) {
                var cut = pair.indexOf('=');
                var name = cut < 0 ? pair : pair.substring(0, cut);
                var value = cut < 0 ? "" : pair.substring(cut + 1);
                found.add(new Parameter(decoded(name), decoded(value)));
            }
        }
        return found;
    }

    /** Returns the first value of the parameter; empty if the query does not have it. */
    Optional<String> parameter(String name) {
        return parameters().stream()
                .filter(parameter -> parameter.name().equals(name))
                .map(Parameter::value)
                .findFirst();
    }

    /** Returns the endpoint as the caller addressed it, without a trailing slash. */
    String endpoint(String scheme) {
        return scheme + header("Host").orElse("localhost");
    }

    String pathAndQuery() {
        return rawQuery.isEmpty() ? path : path + "?" + rawQuery;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiErrorException.ofEvs(400, "EVS.1025", "url encoding failed!", "Malformed request url");
        }
    }
}
