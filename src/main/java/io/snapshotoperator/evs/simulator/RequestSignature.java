/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Computes signatures of {@code SDK-HMAC-SHA256} (Huawei Java SDK: AKSKSigner.java, SignUtils.java). It uses neither
 * code of the vendor nor the signer of the operator, so that the two implementations check each other.
 */
final class RequestSignature {

    static final String ALGORITHM = "SDK-HMAC-SHA256";

    /** The characters that percent-encoding does not change. */
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

    private RequestSignature() {}

    /**
     * Returns the six lines that are hashed.
     *
     * @param uri from {@link #canonicalUri}
     * @param query from {@link #canonicalQuery}
     * @param headers those that are signed, by lower-case name
     * @param bodyHash lower-case hex of SHA-256, or the value that the caller declared
     */
    static String canonicalRequest(
            String method, String uri, String query, SortedMap<String, String> headers, String bodyHash) {
        var lines = headers.entrySet().stream()
                .map(entry -> entry.getKey() + ":" + entry.getValue().strip() + "\n")
                .collect(Collectors.joining());
        return String.join("\n", method, uri, query, lines, String.join(";", headers.keySet()), bodyHash);
    }

    /**
     * Returns the signature, in lower-case hex, of a canonical request at {@code date} ({@code yyyyMMdd'T'HHmmss'Z'}).
     */
    static String sign(String secretKey, String date, String canonicalRequest) {
        var toSign = String.join("\n", ALGORITHM, date, sha256(canonicalRequest.getBytes(StandardCharsets.UTF_8)));
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secretKey.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(toSign.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is not available.", e);
        }
    }

    /** Returns the path with encoded segments. The canonical form always ends with a slash. */
    static String canonicalUri(String path) {
        var encoded = Arrays.stream(path.split("/", -1))
                .map(RequestSignature::percentEncoded)
                .collect(Collectors.joining("/"));
        return encoded.endsWith("/") ? encoded : encoded + "/";
    }

    /**
     * @param sortsValues whether to sort the values of a repeated name. The signers of OTC do this; that of Huawei does
     * not.
     */
    static String canonicalQuery(List<Request.Parameter> parameters, boolean sortsValues) {
        Comparator<Request.Parameter> byName = Comparator.comparing(parameter -> percentEncoded(parameter.name()));
        var comparator = sortsValues ? byName.thenComparing(parameter -> percentEncoded(parameter.value())) : byName;
        return parameters.stream()
                .sorted(comparator)
                .map(parameter -> percentEncoded(parameter.name()) + "=" + percentEncoded(parameter.value()))
                .collect(Collectors.joining("&"));
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is not available.", e);
        }
    }

    private static String percentEncoded(String text) {
        var encoded = new StringBuilder(text.length());
        for (var octet : text.getBytes(StandardCharsets.UTF_8)) {
            var character = (char) (octet & 0xff);
            if (UNRESERVED.indexOf(character) >= 0) {
                encoded.append(character);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
            }
        }
        return encoded.toString();
    }
}
