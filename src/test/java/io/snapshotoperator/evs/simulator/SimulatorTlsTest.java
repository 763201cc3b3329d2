/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.ParameterException;

/** Covers HTTPS: a client connects only if it trusts the key of the simulator. */
class SimulatorTlsTest {

    private static final String PASSWORD = "for-this-test-only";

    @TempDir
    private Path folder;

    private Path keystore() throws Exception {
        var file = folder.resolve("simulator.p12");
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var process = new ProcessBuilder(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "simulator",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return file;
    }

    private static SSLContext trusting(Path file) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        var anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, null);
        anchors.setCertificateEntry("simulator", store.getCertificate("simulator"));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(anchors);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void acceptsHttpsOnlyFromClientThatTrustsKey() throws Exception {
        var file = keystore();
        var settings =
                SimulatorSettings.builder().tls(TlsKey.read(file, PASSWORD)).build();
        try (var simulator = EvsSimulator.start(settings)) {
            assertThat(simulator.endpoint().getScheme()).isEqualTo("https");
            var request = HttpRequest.newBuilder(URI.create(simulator.endpoint() + "/"))
                    .build();
            var trustingClient =
                    HttpClient.newBuilder().sslContext(trusting(file)).build();
            assertThat(trustingClient.send(request, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(300);
            var untrustingClient = HttpClient.newHttpClient();
            assertThatThrownBy(() -> untrustingClient.send(request, BodyHandlers.ofString()))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void rejectsKeystoreWithoutPrivateKey() throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(keystore())) {
            store.load(in, PASSWORD.toCharArray());
        }
        var certificate = store.getCertificate("simulator");
        store.deleteEntry("simulator");
        store.setCertificateEntry("simulator", certificate);
        var file = folder.resolve("certificate.p12");
        try (var out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }

        assertThatThrownBy(() ->
                        SimulatorCommand.settingsOf("--tls-keystore=" + file, "--tls-keystore-password=" + PASSWORD))
                .isInstanceOf(ParameterException.class)
                .hasMessageEndingWith("but: it contains no private key.");
    }
}
