/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointLimitsTest {
    private static final EndpointLimits LIMITS =
            EndpointLimits.of(List.of("*.otc.t-systems.com", "evs.example.test"), Set.of(), false);

    @ParameterizedTest
    @CsvSource({
        "https://evs.eu-de.otc.t-systems.com, true",
        "https://EVS.EU-DE.OTC.T-SYSTEMS.COM, true",
        "https://evs.example.test:8443, true",
        "https://otc.t-systems.com, false",
        "https://xotc.t-systems.com, false",
        "https://otc.t-systems.com.attacker.test, false",
        "https://evs.eu-de.otc.t-systems.com.attacker.test, false",
        "https://sub.evs.example.test, false",
        "https://169.254.169.254, false",
        "https://kubernetes.default.svc, false",
        "https://[::1], false"
    })
    void allowsOnlyListedHosts(String endpoint, boolean allowed) {
        var settings = limited(LIMITS).endpoint(endpoint);

        if (allowed) {
            assertThat(settings.build().publicAddressesOnly()).isTrue();
        } else {
            assertThat(problemsOf(settings)).singleElement().asString().startsWith("spec.endpoint has a host");
        }
    }

    @Test
    void checksHostOfIamToo() {
        assertThat(problemsOf(
                        limited(LIMITS).endpoint("https://evs.example.test").iamEndpoint("https://iam.attacker.test")))
                .singleElement()
                .asString()
                .startsWith("spec.iamEndpoint has a host");
    }

    @Test
    void allowsOnlyListedRegions() {
        var one = EndpointLimits.of(List.of("*.otc.t-systems.com"), Set.of("eu-de"), false);

        assertThat(limited(one)
                        .endpoint(null)
                        .iamEndpoint(null)
                        .region("eu-de")
                        .build()
                        .endpoint())
                .hasHost("evs.eu-de.otc.t-systems.com");
        assertThat(problemsOf(limited(one).endpoint(null).iamEndpoint(null).region("eu-nl")))
                .singleElement()
                .asString()
                .contains("spec.region", "eu-de");
    }

    @Test
    void rejectsRegionWhoseHostsAreNotListed() {
        assertThat(problemsOf(limited(LIMITS).endpoint(null).iamEndpoint(null).region("cn-north-1")))
                .allSatisfy(problem -> assertThat(problem).startsWith("spec.region has a host"))
                .hasSize(2);
    }

    @Test
    void rejectsPlainHttpEvenToLocalHost() {
        var local = EndpointLimits.of(List.of("127.0.0.1"), Set.of(), true);

        assertThat(problemsOf(limited(local).endpoint("http://127.0.0.1:8080").plainHttp(true)))
                .anySatisfy(problem -> assertThat(problem).isEqualTo("spec.endpoint must start with https://"));
    }

    @Test
    void usesNoProxy() {
        var settings = limited(LIMITS).endpoint("https://evs.example.test").proxy("http://proxy.example.test:3128");

        assertThat(settings.build().proxy()).contains(ProxyRoute.DIRECT);
        assertThat(ProxyRoute.DIRECT.bypasses(settings.build().endpoint())).isTrue();
    }

    private static ConnectionSettingsBuilder limited(EndpointLimits limits) {
        return ConnectionSettings.builder(KeyNames.SPEC)
                .iamEndpoint("https://iam.eu-de.otc.t-systems.com")
                .projectId("0123456789abcdef0123456789abcdef")
                .limits(limits);
    }

    private static List<String> problemsOf(ConnectionSettingsBuilder settings) {
        var problems = new ArrayList<String>();
        assertThatExceptionOfType(InvalidSettingsException.class)
                .isThrownBy(settings::build)
                .satisfies(invalid -> problems.addAll(invalid.problems()));
        return problems;
    }
}
