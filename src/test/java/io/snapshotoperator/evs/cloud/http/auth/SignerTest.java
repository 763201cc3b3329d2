/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.huaweicloud.sdk.core.auth.AKSKSigner;
import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.http.HttpMethod;
import com.huaweicloud.sdk.core.http.HttpRequest;
import io.snapshotoperator.evs.cloud.http.auth.Credentials.AccessKey;
import io.snapshotoperator.evs.cloud.http.transport.RequestTarget;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares signatures with published vectors and with the signer of the vendor. */
class SignerTest {
    private static final Instant DATE = Instant.parse("2019-11-15T03:36:55Z");
    private static final AccessKey KEY = new AccessKey("AccessKey", "SecretKey", Optional.empty());
    private static final String PROJECT = "77b6a44cba5143ab91d13ab9a8ff44fd";
    private static final String CREATE = "{\"snapshot\":{\"name\":\"snap-001\",\"description\":\"Daily backup\","
            + "\"volume_id\":\"5aa119a8-d25b-45a7-8d1b-88e127885635\",\"force\":true,\"metadata\":{}}}";

    /** Huawei Cloud SDK for Java v3, AKSKSignerTest. */
    static Stream<Arguments> vectorsOfTheVendor() {
        return Stream.of(
                Arguments.of(
                        "GET",
                        target(
                                "https://service.region.example.com",
                                List.of("v1", PROJECT, "vpcs"),
                                "limit",
                                "2",
                                "marker",
                                "13551d6b-755d-4757-b956-536f674975c0"),
                        "",
                        "fd95e7da6f695cfb4cabbb9d6b0968aec155bc576b064835282473539ae9ea1d"),
                Arguments.of(
                        "POST",
                        target("https://service.region.example.com", List.of("v1", PROJECT, "vpc", "123")),
                        "{\"key\":\"value\"}",
                        "b5649aa774f6cac7437631662f08815fc65c70e40e486df6db2436ce68902771"),
                Arguments.of(
                        "GET",
                        target("https://example.com", List.of()),
                        "",
                        "919ad8b75d4ad49da0d377e63ee21c4a7a54b752f6bf2878b4adbe9c19927da6"),
                Arguments.of(
                        "GET",
                        target("https://service.test-region-1.myhuaweicloud.com", List.of("v1", PROJECT, "vpcs")),
                        "",
                        "fbfa53d70fa0dec48f511be2e9e522172f9dca6d56f8856d12d7e575b978d9be"),
                Arguments.of(
                        "POST",
                        target("https://service.test-region-1.myhuaweicloud.com", List.of("v1", PROJECT, "vpc", "123")),
                        "{\"key\":\"value\"}",
                        "f65c535f8f86d95e963fbd795d6d41dbf59e675a8b4ae161356cf8cd93f1ec4c"));
    }

    /** @param query alternating names and values */
    private static RequestTarget target(String base, List<String> segments, String... query) {
        return new RequestTarget(
                URI.create(base),
                segments,
                IntStream.range(0, query.length / 2)
                        .mapToObj(i -> Map.entry(query[2 * i], query[2 * i + 1]))
                        .toList());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("vectorsOfTheVendor")
    void signsAsInTestsOfVendor(String method, RequestTarget target, String body, String signature) {
        var headers = Signer.sign(KEY, method, target, Optional.empty(), bytes(body), DATE);

        assertThat(headers)
                .containsEntry("X-Sdk-Date", "20191115T033655Z")
                .containsEntry(
                        "Authorization",
                        "SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=host;x-sdk-date, Signature=" + signature);
    }

    /** Computed with the code that reproduces the vectors of the vendor. Not a published vector. */
    @Test
    void signsCreate() {
        var target = target("https://evs.eu-de.otc.t-systems.com", List.of("v2", PROJECT, "cloudsnapshots"));

        var headers = Signer.sign(KEY, "POST", target, Optional.of(PROJECT), bytes(CREATE), DATE);

        assertThat(headers)
                .containsEntry("X-Project-Id", PROJECT)
                .containsEntry(
                        "Authorization",
                        "SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=host;x-project-id;x-sdk-date,"
                                + " Signature=bca9c5fedb0fe21b42fbc0ccaa1ffbafa58ec2af3d0d86c22126217b61352179");
    }

    /** Computed with the code that reproduces the vectors of the vendor. Not a published vector. */
    @Test
    void signsListWithSpecialCharactersByTemporaryKey() {
        var target = target(
                "https://evs.eu-de.otc.t-systems.com",
                List.of("v2", PROJECT, "cloudsnapshots", "detail"),
                "name",
                "snap 001/ä~*",
                "volume_id",
                "5aa119a8-d25b-45a7-8d1b-88e127885635",
                "limit",
                "50",
                "offset",
                "0");
        var key = new AccessKey("AccessKey", "SecretKey", Optional.of("TOKEN"));

        var headers = Signer.sign(key, "GET", target, Optional.of(PROJECT), new byte[0], DATE);

        assertThat(target.canonicalQuery())
                .isEqualTo("limit=50&name=snap%20001%2F%C3%A4~%2A&offset=0"
                        + "&volume_id=5aa119a8-d25b-45a7-8d1b-88e127885635");
        assertThat(headers)
                .containsEntry("X-Security-Token", "TOKEN")
                .containsEntry(
                        "Authorization",
                        "SDK-HMAC-SHA256 Access=AccessKey,"
                                + " SignedHeaders=host;x-project-id;x-sdk-date;x-security-token,"
                                + " Signature=3328cce791ac56dfb3bde06a20209d936971a970ebb6137c09860d5eaf55039f");
    }

    @Test
    void signsAsSignerOfVendor() {
        var first = new Random().nextLong();
        System.out.println("SignerTest: requests from seed " + first);
        LongStream.range(first, first + 500).forEach(SignerTest::signsAsSignerOfVendor);
    }

    private static void signsAsSignerOfVendor(long seed) {
        var random = new Random(seed);
        var host = pick(random, "https://evs.eu-de.otc.t-systems.com", "https://localhost:8443", "http://127.0.0.1:81");
        var segments = IntStream.range(0, random.nextInt(5))
                .mapToObj(i -> word(random, "abcABC019-_.~"))
                .toList();
        var query = new TreeMap<String, String>();
        IntStream.range(0, random.nextInt(5))
                .forEach(i -> query.put(word(random, "abcXYZ_-09"), word(random, "abc /ä~*+%&=ß€'\"")));
        var target = new RequestTarget(URI.create(host), segments, List.copyOf(query.entrySet()));
        var method = pick(random, "GET", "POST", "PUT", "DELETE");
        var body = method.startsWith("P") ? "{\"key\":\"" + word(random, "abc ä€") + "\"}" : "";
        var key = new AccessKey(
                word(random, "ABC019"),
                word(random, "abcABC019"),
                random.nextBoolean() ? Optional.of(word(random, "token")) : Optional.empty());

        var headers = Signer.sign(key, method, target, Optional.of(PROJECT), bytes(body), DATE);

        assertThat(headers)
                .as("seed %d", seed)
                .containsEntry("Authorization", byTheVendor(key, method, target, query, body));
    }

    private static String byTheVendor(
            AccessKey key, String method, RequestTarget target, Map<String, String> query, String body) {
        var request = HttpRequest.newBuilder()
                .withEndpoint(target.base().toString())
                .withPath(target.segments().isEmpty() ? "/" : "/" + String.join("/", target.segments()))
                .withMethod(HttpMethod.valueOf(method))
                .withContentType("application/json")
                .addHeader("X-Sdk-Date", "20191115T033655Z")
                .addHeader("X-Project-Id", PROJECT);
        key.securityToken().ifPresent(token -> request.addHeader("X-Security-Token", token));
        query.forEach((name, value) -> request.addQueryParam(name, List.of(value)));
        if (!body.isEmpty()) {
            request.withBodyAsString(body);
        }
        return AKSKSigner.getInstance()
                .sign(
                        request.build(),
                        new BasicCredentials().withAk(key.accessKey()).withSk(key.secretKey()))
                .get("Authorization");
    }

    private static String pick(Random random, String... among) {
        return among[random.nextInt(among.length)];
    }

    private static String word(Random random, String letters) {
        return random.ints(1 + random.nextInt(8), 0, letters.length())
                .collect(StringBuilder::new, (out, i) -> out.append(letters.charAt(i)), StringBuilder::append)
                .toString();
    }
}
