/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.NodeList;

/**
 * Pushes the image to a real registry on the loopback address, with TLS and a login, and reads it back. The program and its
 * arguments are those of the profile {@code image} in {@code pom.xml}. Without the program {@code docker-registry} the class is
 * skipped.
 */
@EnabledOnOs(OS.LINUX)
class PushedImageIT {
    private static final String USER = "pusher";
    private static final String PASSWORD = "registry-test";

    /** Of the password, for the file of logins of the registry. */
    private static final String BCRYPT = "$2b$04$SQro69l0M1dpLRmqUPL5uOPxG0oi00DodGiAVGl9fkHT.CqXErxKi";

    private static final String REPOSITORY = "team/evs-snapshot-operator";
    private static final String TAG = "0.1.0-test";
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Duration BUILD_TIMEOUT = Duration.ofMinutes(5);

    @TempDir
    static Path folder;

    private static OperatorProcess registry;
    private static TestCertificates certificates;
    private static String address;
    private static String printed;
    private static String digest;

    @BeforeAll
    static void pushToRegistry() throws Exception {
        var program = Stream.of(System.getenv("PATH").split(":"))
                .map(path -> Path.of(path, "docker-registry"))
                .filter(Files::isExecutable)
                .findFirst();
        Assumptions.assumeTrue(
                program.isPresent(),
                "skipped: there is no docker-registry on the PATH; Debian has it in the package of this name");
        certificates = TestCertificates.forHost("127.0.0.1", folder);
        startRegistry(program.get());

        printed = push();

        var match = DIGEST.matcher(printed);
        assertThat(match.find()).as(printed).isTrue();
        digest = match.group();
    }

    @AfterAll
    static void stopRegistry() {
        if (registry != null) {
            registry.close();
        }
    }

    @Test
    void registryHasManifestWithPrintedDigestAndTag() throws Exception {
        var byDigest = read("manifests/" + digest);

        assertThat(byDigest.statusCode()).isEqualTo(200);
        assertThat(sha256(byDigest.body())).isEqualTo(digest);
        assertThat(read("manifests/" + TAG).body()).isEqualTo(byDigest.body());
        assertThat(printed).contains(image() + ":" + TAG).doesNotContain(PASSWORD);
    }

    @Test
    void configurationNamesArchitectureLabelsAndUser() throws Exception {
        var blob = read("blobs/" + manifest().at("/config/digest").asText());
        var config = new ObjectMapper().readTree(blob.body());

        assertThat(sha256(blob.body()))
                .isEqualTo(manifest().at("/config/digest").asText());
        assertThat(config.path("os").asText()).isEqualTo("linux");
        assertThat(config.path("architecture").asText())
                .isEqualTo(System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64");
        var labels = config.at("/config/Labels");
        assertThat(labels.path("org.opencontainers.image.title").asText()).isEqualTo("EVS Snapshot Operator");
        assertThat(labels.path("org.opencontainers.image.version").asText()).isEqualTo(TAG);
        assertThat(labels.path("org.opencontainers.image.licenses").asText()).isEqualTo("Apache-2.0");
        assertThat(config.at("/config/User").asText()).isEqualTo("65532:65532");
    }

    @Test
    void registryHasEveryLayerOfManifest() throws Exception {
        assertThat(manifest().path("layers")).isNotEmpty();
        for (var layer : manifest().path("layers")) {
            var content = read("blobs/" + layer.path("digest").asText()).body();

            assertThat(sha256(content)).isEqualTo(layer.path("digest").asText());
            assertThat(content.length).isEqualTo(layer.path("size").asInt());
        }
    }

    @Test
    void chartNamesExactlyThisDigest() {
        var objects = Chart.objects("""
                image: {repository: %s, tag: ignored, digest: "%s"}
                settings: {connection: {region: eu-de}}
                credentials: {existingSecret: evs}
                """.formatted(image(), digest));

        assertThat(Chart.of(Deployment.class, objects)).isNotEmpty().allSatisfy(deployment -> assertThat(
                        deployment.getSpec().getTemplate().getSpec().getContainers())
                .extracting(container -> container.getImage())
                .containsOnly(image() + "@" + digest));
    }

    @Test
    void registryRequiresLogin() throws Exception {
        assertThat(read("manifests/" + digest, HttpRequest.newBuilder()).statusCode())
                .isEqualTo(401);
    }

    private static String image() {
        return address + "/" + REPOSITORY;
    }

    private static void startRegistry(Path program) throws IOException {
        address = "127.0.0.1:" + freePort();
        var logins = Files.writeString(folder.resolve("logins"), USER + ":" + BCRYPT + "\n");
        var config = Map.of(
                "version",
                "0.1",
                "storage",
                Map.of(
                        "filesystem",
                        Map.of("rootdirectory", folder.resolve("images").toString())),
                "http",
                Map.of(
                        "addr",
                        address,
                        "tls",
                        Map.of(
                                "certificate", certificates.pem().toString(),
                                "key", certificates.key().toString())),
                "auth",
                Map.of("htpasswd", Map.of("realm", "test", "path", logins.toString())));
        var file = Files.writeString(folder.resolve("registry.yml"), Chart.yaml(config));
        registry = OperatorProcess.command("docker-registry", program, List.of("serve", file.toString()))
                .start()
                .awaitLog("listening on");
    }

    /** Runs what {@code mvn -Pimage package} runs, and returns what it prints. */
    private static String push() throws Exception {
        try (var build = OperatorProcess.command("image-push", OperatorProcess.java(), arguments())
                .environment("IMAGE_USERNAME", USER)
                .environment("IMAGE_PASSWORD", PASSWORD)
                .environment(
                        "JAVA_TOOL_OPTIONS",
                        "-Djavax.net.ssl.trustStore=" + certificates.store() + " -Djavax.net.ssl.trustStorePassword="
                                + TestCertificates.STORE_PASSWORD)
                .start()) {
            assertThat(build.awaitEnd(BUILD_TIMEOUT)).as(build.log()).isZero();
            return build.log();
        }
    }

    /** The arguments of {@code java} in the profile, with the values that a user gives. */
    private static List<String> arguments() throws Exception {
        var values = Map.of(
                "${image.base}", "own",
                "${image.jdk}", "",
                "${image.to}", image() + ":" + TAG,
                "${project.version}", TAG,
                "${project.build.outputTimestamp}", "2026-01-01T00:00:00Z");
        var pom = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse("pom.xml");
        var nodes = (NodeList) XPathFactory.newInstance()
                .newXPath()
                .evaluate("//profile[id='image']//arguments/*", pom, XPathConstants.NODESET);
        var arguments = new ArrayList<String>();
        for (var i = 0; i < nodes.getLength(); i++) {
            var argument = nodes.item(i).getTextContent();
            for (var value : values.entrySet()) {
                argument = argument.replace(value.getKey(), value.getValue());
            }
            assertThat(argument).doesNotContain("${");
            arguments.add(
                    nodes.item(i).getNodeName().equals("classpath") ? System.getProperty("java.class.path") : argument);
        }
        assertThat(arguments).contains("-Dimage.to=" + image() + ":" + TAG);
        return arguments;
    }

    private static JsonNode manifest() throws Exception {
        return new ObjectMapper().readTree(read("manifests/" + digest).body());
    }

    private static HttpResponse<byte[]> read(String path) throws Exception {
        var login = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        return read(path, HttpRequest.newBuilder().header("Authorization", "Basic " + login));
    }

    private static HttpResponse<byte[]> read(String path, HttpRequest.Builder request) throws Exception {
        var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(
                KeyStore.getInstance(certificates.store().toFile(), TestCertificates.STORE_PASSWORD.toCharArray()));
        var tls = SSLContext.getInstance("TLS");
        tls.init(null, trusted.getTrustManagers(), null);
        return HttpClient.newBuilder()
                .sslContext(tls)
                .build()
                .send(
                        request.header("Accept", "application/vnd.docker.distribution.manifest.v2+json")
                                .uri(URI.create("https://" + address + "/v2/" + REPOSITORY + "/" + path))
                                .build(),
                        BodyHandlers.ofByteArray());
    }

    private static String sha256(byte[] content) throws Exception {
        return "sha256:"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
