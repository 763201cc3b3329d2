/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Checks the signatures of AK/SK requests. It compares dates with the system clock and not with the simulated one,
 * because callers sign with the system clock.
 */
final class SignatureCheck {

    /** API Gateway: error codes APIGW.0303. */
    private static final Duration TOLERANCE = Duration.ofMinutes(15);

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");
    private static final Pattern AUTHORIZATION = Pattern.compile(
            "SDK-HMAC-SHA256 Access=(?<access>[^,]+), ?SignedHeaders=(?<headers>[^,]+), ?Signature=(?<signature>[0-9a-f]+)");

    private final AccountCredentials credentials;
    private final InstantSource wallClock;
    private final LoginLockout lockout;

    /**
     * @param lockout locks a key after more than five consecutive invalid signatures (API Gateway: error codes
     * APIGW.0301)
     */
    SignatureCheck(AccountCredentials credentials, InstantSource wallClock, LoginLockout lockout) {
        this.credentials = credentials;
        this.wallClock = wallClock;
        this.lockout = lockout;
    }

    static boolean isSigned(Request request) {
        return request.header("Authorization")
                .map(value -> value.startsWith(RequestSignature.ALGORITHM))
                .orElse(false);
    }

    /** Returns the access key of a valid signature. */
    String verify(Request request) {
        var parts = AUTHORIZATION.matcher(request.header("Authorization").orElse(""));
        if (!parts.matches()) {
            throw incorrect("Incorrect IAM authentication information: authorization header format is invalid");
        }
        var access = parts.group("access");
        var secret = credentials
                .secretOf(access)
                .orElseThrow(() -> incorrect(
                        "Incorrect IAM authentication information: " + "Get secretKey failed,ak:***,err:ak not exist"));
        if (lockout.isLocked(access)) {
            throw incorrect(
                    "Incorrect IAM authentication information: " + "AK access failed to reach the limit,forbidden");
        }
        var date = request.header("X-Sdk-Date").orElse("");
        checkDate(date);
        var headerNames = List.of(parts.group("headers").split(";"));
        if (!headerNames.containsAll(Set.of("host", "x-sdk-date"))
                || !isValid(request, secret, date, headerNames, parts.group("signature"))) {
            lockout.failed(access);
            throw incorrect("Incorrect IAM authentication information: verify aksk signature fail");
        }
        if (!credentials.acceptsSecurityToken(request.header("X-Security-Token"))) {
            // API Gateway documents no text for this; guessed.
            throw incorrect("Incorrect IAM authentication information: verify security token fail");
        }
        lockout.succeeded(access);
        return access;
    }

    private void checkDate(String date) {
        var now = wallClock.instant();
        var signed = instant(date);
        if (signed.isEmpty() || Duration.between(signed.get(), now).abs().compareTo(TOLERANCE) > 0) {
            throw ApiErrorException.ofGateway(
                    401,
                    "APIGW.0303",
                    "Incorrect app authentication information: signature expired, signature time:%s,server time:%s"
                            .formatted(date, DATE.format(now.atOffset(ZoneOffset.UTC))));
        }
    }

    private static Optional<Instant> instant(String date) {
        try {
            return Optional.of(LocalDateTime.parse(date, DATE).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The signers of the vendors differ in escaped paths and repeated parameters. Each of their forms is valid. */
    private static boolean isValid(
            Request request, String secret, String date, List<String> headerNames, String signature) {
        var headers = signedHeaders(request, headerNames);
        var hash = request.header("X-Sdk-Content-Sha256").orElseGet(() -> RequestSignature.sha256(request.body()));
        var decodedPath = URLDecoder.decode(request.path().replace("+", "%2B"), StandardCharsets.UTF_8);
        for (var path : Set.copyOf(Arrays.asList(decodedPath, request.path()))) {
            for (var sortsValues : List.of(true, false)) {
                var canonical = RequestSignature.canonicalRequest(
                        request.method(),
                        RequestSignature.canonicalUri(path),
                        RequestSignature.canonicalQuery(request.parameters(), sortsValues),
                        headers,
                        hash);
                var expected = RequestSignature.sign(secret, date, canonical);
                if (MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.US_ASCII), signature.getBytes(StandardCharsets.US_ASCII))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static SortedMap<String, String> signedHeaders(Request request, List<String> headerNames) {
        var headers = new TreeMap<String, String>();
        for (var name : headerNames) {
            headers.put(name.toLowerCase(Locale.ROOT), request.header(name).orElse(""));
        }
        return headers;
    }

    private static ApiErrorException incorrect(String message) {
        return ApiErrorException.ofGateway(401, "APIGW.0301", message);
    }
}
