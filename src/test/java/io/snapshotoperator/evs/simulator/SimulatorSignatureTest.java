/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Covers signatures. Sources: the Huawei Java SDK (AKSKSignerTest.java), the intermediate hash of the signing guide, and
 * two vectors that were computed for EVS.
 */
class SimulatorSignatureTest {

    private static final String DATE = "20191115T033655Z";
    private static final String CREATE_BODY = "{\"snapshot\":{\"name\":\"snap-001\",\"description\":\"Daily backup\","
            + "\"volume_id\":\"5aa119a8-d25b-45a7-8d1b-88e127885635\",\"force\":true,\"metadata\":{}}}";

    private static String canonical(String method, String url, String body, String... headers) {
        var uri = URI.create(url);
        var request = new Request(
                method,
                uri.getRawPath(),
                uri.getRawQuery() == null ? "" : uri.getRawQuery(),
                new Headers(),
                body.getBytes(StandardCharsets.UTF_8));
        var signed = new TreeMap<String, String>();
        signed.put("host", uri.getAuthority());
        signed.put("x-sdk-date", DATE);
        for (var n = 0; n < headers.length; n += 2) {
            signed.put(headers[n], headers[n + 1]);
        }
        return RequestSignature.canonicalRequest(
                method,
                RequestSignature.canonicalUri(uri.getPath()),
                RequestSignature.canonicalQuery(request.parameters(), true),
                signed,
                RequestSignature.sha256(request.body()));
    }

    private static String hash(String text) {
        return RequestSignature.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET | https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0 | '' | fd95e7da6f695cfb4cabbb9d6b0968aec155bc576b064835282473539ae9ea1d",
                "POST | https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpc/123 | {\"key\":\"value\"} | b5649aa774f6cac7437631662f08815fc65c70e40e486df6db2436ce68902771",
                "GET | https://example.com/ | '' | 919ad8b75d4ad49da0d377e63ee21c4a7a54b752f6bf2878b4adbe9c19927da6",
                "GET | https://service.test-region-1.myhuaweicloud.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs | '' | fbfa53d70fa0dec48f511be2e9e522172f9dca6d56f8856d12d7e575b978d9be",
                "POST | https://service.test-region-1.myhuaweicloud.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpc/123 | {\"key\":\"value\"} | f65c535f8f86d95e963fbd795d6d41dbf59e675a8b4ae161356cf8cd93f1ec4c"
            })
    void signsLikeVendorSdk(String method, String url, String body, String signature) {
        assertThat(RequestSignature.sign("SecretKey", DATE, canonical(method, url, body)))
                .isEqualTo(signature);
    }

    @Test
    void buildsCanonicalRequestOfSigningGuide() {
        var canonical = canonical(
                "GET",
                "https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs"
                        + "?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0",
                "",
                "content-type",
                "application/json");
        assertThat(hash(canonical)).isEqualTo("b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a");
    }

    @Test
    void signsCreateRequestOfEvs() {
        var canonical = canonical(
                "POST",
                "https://evs.eu-de.otc.t-systems.com/v2/77b6a44cba5143ab91d13ab9a8ff44fd/cloudsnapshots",
                CREATE_BODY,
                "x-project-id",
                "77b6a44cba5143ab91d13ab9a8ff44fd");
        assertThat(hash(canonical)).isEqualTo("ca8acd17d65cd56772d92375ac22ae5a8d0114bd966588fe436619392681012e");
        assertThat(RequestSignature.sign("SecretKey", DATE, canonical))
                .isEqualTo("bca9c5fedb0fe21b42fbc0ccaa1ffbafa58ec2af3d0d86c22126217b61352179");
    }

    @Test
    void signsListRequestWithSpecialCharacters() {
        var canonical = canonical(
                "GET",
                "https://evs.eu-de.otc.t-systems.com/v2/77b6a44cba5143ab91d13ab9a8ff44fd/cloudsnapshots/detail"
                        + "?name=snap%20001%2F%C3%A4~%2A&volume_id=5aa119a8-d25b-45a7-8d1b-88e127885635"
                        + "&limit=50&offset=0",
                "",
                "x-project-id",
                "77b6a44cba5143ab91d13ab9a8ff44fd",
                "x-security-token",
                "TOKEN");
        assertThat(hash(canonical)).isEqualTo("99646bae432be628788782fd5df7d93a89fc316b4009fed39f1cb388a8ada783");
        assertThat(RequestSignature.sign("SecretKey", DATE, canonical))
                .isEqualTo("3328cce791ac56dfb3bde06a20209d936971a970ebb6137c09860d5eaf55039f");
    }

    @Test
    void sortsValuesOfRepeatedNameOnlyInOtcForm() {
        var repeated = List.of(new Request.Parameter("id", "b"), new Request.Parameter("id", "a"));
        assertThat(RequestSignature.canonicalQuery(repeated, true)).isEqualTo("id=a&id=b");
        assertThat(RequestSignature.canonicalQuery(repeated, false)).isEqualTo("id=b&id=a");
    }
}
