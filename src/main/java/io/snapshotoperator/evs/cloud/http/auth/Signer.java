/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import io.snapshotoperator.evs.cloud.http.auth.Credentials.AccessKey;
import io.snapshotoperator.evs.cloud.http.transport.RequestTarget;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests with {@code SDK-HMAC-SHA256} (API usage guide, "AK/SK Authentication"; Huawei's Java SDK, {@code
 * AKSKSigner}). The server accepts a signature for 15 minutes before and after its date. The signature covers {@code host},
 * {@code x-sdk-date}, and, if present, {@code x-project-id} and {@code x-security-token}.
 */
final class Signer {
    private static final String ALGORITHM = "SDK-HMAC-SHA256";
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private Signer() {}

    /**
     * Signs one request.
     *
     * @param projectId empty for calls to IAM, which belong to no project; without it, EVS reads the project as null
     * @param body the exact bytes of the body
     * @return the headers of the request except {@code Host}, which the HTTP client adds
     */
    static Map<String, String> sign(
            AccessKey key, String method, RequestTarget target, Optional<String> projectId, byte[] body, Instant now) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("X-Sdk-Date", DATE.format(now));
        projectId.ifPresent(id -> headers.put("X-Project-Id", id));
        key.securityToken().ifPresent(token -> headers.put("X-Security-Token", token));

        var signed = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        signed.putAll(headers);
        signed.put("host", target.host());
        var names = signed.keySet().stream().map(Signer::lower).collect(Collectors.joining(";"));

        var canonical = canonicalRequest(method, target, signed, names, body);
        var toSign = ALGORITHM + "\n" + headers.get("X-Sdk-Date") + "\n"
                + sha256(canonical.getBytes(StandardCharsets.UTF_8));
        headers.put(
                "Authorization",
                ALGORITHM + " Access=" + key.accessKey() + ", SignedHeaders=" + names + ", Signature="
                        + hmac(key.secretKey(), toSign));
        return headers;
    }

    static String canonicalRequest(
            String method, RequestTarget target, Map<String, String> signed, String names, byte[] body) {
        var lines = signed.entrySet().stream()
                .map(header -> lower(header.getKey()) + ":" + header.getValue().strip() + "\n")
                .collect(Collectors.joining());
        return String.join("\n", method, target.canonicalPath(), target.canonicalQuery(), lines, names, sha256(body));
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String hmac(String secret, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
