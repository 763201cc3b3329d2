/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionSettingsTest {

    private static ConnectionSettingsBuilder valid() {
        return ConnectionSettings.builder().region("eu-de");
    }

    private static List<String> problemsOf(ConnectionSettingsBuilder settings) {
        try {
            settings.build();
            return List.of();
        } catch (InvalidSettingsException e) {
            return e.problems();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "eu-de, https://evs.eu-de.otc.t-systems.com, https://iam.eu-de.otc.t-systems.com",
        "eu-nl, https://evs.eu-nl.otc.t-systems.com, https://iam.eu-nl.otc.t-systems.com",
        "eu-ch2, https://evs.eu-ch2.sc.otc.t-systems.com, https://iam-pub.eu-ch2.sc.otc.t-systems.com",
        "cn-north-4, https://evs.cn-north-4.myhuaweicloud.com, https://iam.cn-north-4.myhuaweicloud.com",
        "ap-southeast-1, https://evs.ap-southeast-1.myhuaweicloud.com, https://iam.ap-southeast-1.myhuaweicloud.com"
    })
    void derivesEndpointsAndProjectFromRegion(String region, URI evs, URI iam) {
        var settings = ConnectionSettings.builder().region(region).build();

        assertThat(settings.endpoint()).isEqualTo(evs);
        assertThat(settings.iamEndpoint()).contains(iam);
        assertThat(settings.project().name()).contains(region);
        assertThat(settings.family()).isEqualTo(ApiFamily.NATIVE);
        assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void prefersEndpointToRegionAndRemovesTrailingSlash() {
        var settings =
                valid().endpoint("HTTPS://EVS.example.test:8443/gateway/").build();

        assertThat(settings.endpoint()).isEqualTo(URI.create("https://evs.example.test:8443/gateway"));
        assertThat(settings.iamEndpoint()).contains(URI.create("https://iam.eu-de.otc.t-systems.com"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"eu-west-101", "eu-de_team", "mars", "EU-DE"})
    void requiresEndpointsForUnknownRegion(String region) {
        assertThat(problemsOf(ConnectionSettings.builder().region(region)))
                .singleElement()
                .asString()
                .contains("evs.connection.region", "evs.connection.endpoint", "evs.connection.iam-endpoint");
    }

    @Test
    void reportsAllProblemsByKey(@TempDir Path directory) throws Exception {
        var noPem = Files.writeString(directory.resolve("ca.pem"), "hello");

        assertThat(problemsOf(ConnectionSettings.builder()
                        .endpoint("evs.eu-de.otc.t-systems.com")
                        .iamEndpoint("https://iam.example.test/v3")
                        .projectId("my project")
                        .connectTimeout(Duration.ZERO)
                        .timeout(Duration.ofSeconds(-1))
                        .caBundle(noPem)
                        .proxy("https://user:pw@proxy")))
                .satisfiesExactly(
                        problem -> assertThat(problem).startsWith("evs.connection.endpoint must look like"),
                        problem -> assertThat(problem).startsWith("evs.connection.iam-endpoint must end before"),
                        problem -> assertThat(problem).startsWith("evs.connection.project-id 'my project'"),
                        problem -> assertThat(problem).startsWith("evs.connection.connect-timeout"),
                        problem -> assertThat(problem).startsWith("evs.connection.timeout"),
                        problem -> assertThat(problem).startsWith("evs.connection.ca-bundle"),
                        problem -> assertThat(problem)
                                .startsWith("evs.connection.proxy must not contain a user")
                                .doesNotContain("pw"));
    }

    @Test
    void reportsMissingSettingsByKey() {
        assertThat(problemsOf(ConnectionSettings.builder()))
                .extracting(problem -> problem.split(" ")[0])
                .containsExactly("evs.connection.endpoint", "evs.connection.project-id", "evs.connection.iam-endpoint");
    }

    @Test
    void usesNamesOfFieldsInMessages() {
        assertThatExceptionOfType(InvalidSettingsException.class)
                .isThrownBy(() ->
                        ConnectionSettings.builder(KeyNames.SPEC).region("mars").build())
                .withMessageStartingWith("spec.region");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://user:secret@evs.example.test",
                "https://user:sec/secret@evs.example.test",
                "https://user:se@secret@evs.example.test",
                "https://evs.example.test?x=secret",
                "user:secret@evs.example.test",
                "user:secret@evs.example.test:443/x",
                "//user:secret@evs.example.test",
                "ftp://user:secret@evs.example.test",
                "https://user:sec ret@secret",
                "secret"
            })
    void rejectsSecretsInAnySettingWithoutShowingThem(String text) {
        var all = List.of(
                valid().endpoint(text),
                valid().iamEndpoint(text),
                valid().proxy(text + "@proxy"),
                valid().projectId(text + "@"),
                ConnectionSettings.builder().region(text + "@"));

        assertThat(all).allSatisfy(settings -> assertThat(problemsOf(settings))
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).doesNotContain("secret", "sec ret")));
    }

    @Test
    void namesUnencryptedEndpoints() {
        var settings = valid().plainHttp(true)
                .endpoint("http://simulator:8080")
                .iamEndpoint("http://localhost:8080")
                .build();

        assertThat(settings.unencryptedEndpoints()).containsExactly(ConnectionSettings.Key.ENDPOINT);
    }

    @Test
    void allowsPlainHttpToLocalHostOnlyUnlessConfigured() {
        assertThat(problemsOf(valid().endpoint("http://127.0.0.1:1"))).isEmpty();
        assertThat(problemsOf(valid().endpoint("http://localhost:1"))).isEmpty();
        assertThat(problemsOf(valid().endpoint("http://simulator:8080"))).hasSize(1);
        assertThat(problemsOf(valid().endpoint("http://simulator:8080").plainHttp(true)))
                .isEmpty();
    }

    @Test
    void namesMissingBundle() {
        assertThat(problemsOf(valid().caBundle(Path.of("/nowhere/ca.pem"))))
                .singleElement()
                .asString()
                .contains("evs.connection.ca-bundle", "/nowhere/ca.pem");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "evs.example.test|https://evs.example.test|true",
                "example.test|https://evs.example.test|true",
                ".example.test|https://evs.example.test|true",
                "*.example.test|https://evs.example.test|true",
                "ample.test|https://evs.example.test|false",
                "evs.example.test:443|https://evs.example.test|true",
                "evs.example.test:8443|https://evs.example.test|false",
                "*|https://evs.example.test|true",
                "10.0.0.0/8|https://10.20.30.40|true",
                "10.0.0.0/8|https://11.20.30.40|false",
                "10.0.0.0/8|https://evs.example.test|false",
                "100.125.0.0/16, other|https://100.125.7.7|true",
                "nothing|https://localhost:8443|true",
                "nothing|https://127.0.0.1|true"
            })
    void readsNoProxyEntries(String noProxy, URI uri, boolean bypasses) {
        var route = valid().proxy("http://proxy.example.test:3128")
                .noProxy(noProxy)
                .build()
                .proxy()
                .orElseThrow();

        assertThat(route.bypasses(uri)).isEqualTo(bypasses);
        assertThat(route.port()).isEqualTo(3128);
    }
}
