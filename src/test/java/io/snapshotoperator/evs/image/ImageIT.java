/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.RealApiServer;
import io.snapshotoperator.evs.testing.RunningOperator;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Unpacks the image, and starts its entry point as an ordinary process, with the environment and working directory of the
 * image. The unpacked folder is in place of the root of a container.
 */
@EnabledOnOs(OS.LINUX)
class ImageIT {
    private static final String VOLUME = "5aa119a8-d25b-45a7-8d1b-88e127885635";
    private static final LocalJdk JDK = LocalJdk.newest();
    private static final Pattern SIMULATOR_AT = Pattern.compile("EVS simulator at (http://\\S+?),");

    @TempDir
    static Path root;

    private static JsonNode image;
    private static JsonNode config;

    @BeforeAll
    static void buildAndUnpack() throws Exception {
        ImageBuild.build(new BaseImage.Own(JDK), Optional.empty(), "test", Instant.EPOCH);
        var json = new ObjectMapper();
        var manifest = json.readTree(read("manifest.json")).path(0);
        image = json.readTree(read(manifest.path("Config").asText()));
        config = image.path("config");
        for (var layer : manifest.path("Layers")) {
            unpack(layer.asText());
        }
    }

    @Test
    void runsAsNumericNonRootUser() {
        assertThat(config.path("User").asText())
                .as("a user that runAsNonRoot can check")
                .isEqualTo("65532:65532");
    }

    @Test
    void containsProgramAndNoBuildSecret() {
        assertThat(root.resolve("app/quarkus-run.jar")).exists();
        assertThat(words(config.path("Env")))
                .containsExactlyInAnyOrder(
                        "JAVA_HOME=/opt/java", "PATH=/opt/java/bin", "LANG=C.UTF-8", "MALLOC_ARENA_MAX=1");
        assertThat(image.path("created").asText()).isEqualTo("1970-01-01T00:00:00Z");
    }

    @Test
    void containsEveryLibraryOfItsPrograms() throws Exception {
        var loader = root.resolve("lib64/ld-linux-x86-64.so.2");
        Assumptions.assumeTrue(
                System.getProperty("os.arch").equals("amd64"), "the loader of other machines has another name");
        for (var program :
                List.of("bin/java", "lib/server/libjvm.so", "lib/libnet.so", "lib/libnio.so", "lib/libzip.so")) {
            var process = new ProcessBuilder(
                            loader.toString(),
                            "--inhibit-cache",
                            "--library-path",
                            root.resolve("lib/x86_64-linux-gnu") + ":" + root.resolve("opt/java/lib") + ":"
                                    + root.resolve("opt/java/lib/server"),
                            "--list",
                            root.resolve("opt/java").resolve(program).toString())
                    .redirectErrorStream(true)
                    .start();
            var list = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(process.waitFor()).as(list).isZero();
            assertThat(list.lines().filter(line -> line.contains("=>")))
                    .as(program)
                    .allMatch(line -> line.contains("=> " + root));
        }
    }

    @Test
    void trustsPublicCertificateAuthorities() {
        assertThat(root.resolve("opt/java/lib/security/cacerts").toFile().length())
                .isPositive();
    }

    @Test
    void startsSimulator() throws Exception {
        try (var simulator = container("image-simulator", "simulator")
                .environment("EVS_SIMULATOR_PORT", "0")
                .start()
                .awaitLog("EVS simulator at ")) {
            var at = SIMULATOR_AT.matcher(simulator.log());
            assertThat(at.find()).isTrue();

            assertThat(get(URI.create(at.group(1)).resolve("/simulator/disks"))).isEqualTo(200);
        }
    }

    /** With this option the JVM does not start without the cache. */
    @Test
    void usesCacheOfItsTrainingRun() throws Exception {
        var required = JDK.hasAotCache() ? "-XX:AOTMode=on" : "-Xshare:on";
        try (var simulator = container("image-cache", "simulator")
                .javaOptions(required)
                .environment("EVS_SIMULATOR_PORT", "0")
                .start()
                .awaitLog("EVS simulator at ")) {
            assertThat(simulator.log()).doesNotContain("[warning]");
        }
    }

    @Test
    void startsCommandsByJavaOnPath() {
        var path = words(config.path("Env")).stream()
                .filter(variable -> variable.startsWith("PATH="))
                .findFirst()
                .orElseThrow();
        var java = root.resolve(path.substring("PATH=/".length())).resolve("java");
        try (var orphans = OperatorProcess.command(
                        "image-orphans", java, List.of("-jar", inRoot("/app/quarkus-run.jar")))
                .arguments(List.of("orphans", "--help"))
                .start()) {
            assertThat(orphans.awaitEnd(Duration.ofSeconds(60)))
                    .as(orphans.log())
                    .isZero();
            assertThat(orphans.log()).contains("--manifests");
        }
    }

    @Test
    void reportsInvalidSettingOnStart() {
        try (var operator = container("image-misconfigured")
                .environment("EVS_INSTALLATION", "none")
                .environment("EVS_CREATE_SETTLE_TIME", "1s")
                .start()) {
            assertThat(operator.awaitEnd(Duration.ofSeconds(60)))
                    .as(operator.log())
                    .isEqualTo(2);
            assertThat(operator.log()).contains("evs.create.settle-time");
        }
    }

    @Test
    void startsOperatorThatCreatesSnapshot() {
        var server = RealApiServer.shared(RealApiServer.NEWEST);
        try (var cluster = Cluster.realOrEmbedded();
                var cloud = EvsSimulator.start(SimulatorSettings.builder()
                        .snapshotTakes(Duration.ofMillis(500))
                        .volume(Volume.available(VOLUME))
                        .build())) {
            var namespace = cluster.freshNamespace("image");
            var request = new VolumeSnapshotRequest();
            request.setMetadata(new ObjectMetaBuilder()
                    .withNamespace(namespace)
                    .withName("from-an-image")
                    .build());
            request.setSpec(VolumeSnapshotRequestSpec.of(SnapshotSource.ofVolume(VOLUME)));
            try (var operator = container("image-operator")
                    .kubeconfig(server.kubeconfig())
                    .settings(RunningOperator.settings(cloud, namespace))
                    .start()) {
                operator.awaitLeading();
                server.client().resource(request).create();

                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(server.client()
                                .resource(request)
                                .get()
                                .getStatus()
                                .snapshotStatus())
                        .isEqualTo("available"));
                assertThat(operator.terminate(Duration.ofSeconds(20))).isEqualTo(143);
            }
        }
    }

    /** The process of the container. Every absolute path is resolved in the unpacked folder. */
    private static OperatorProcess.Builder container(String name, String... arguments) {
        var entryPoint =
                words(config.path("Entrypoint")).stream().map(ImageIT::inRoot).toList();
        var process = OperatorProcess.command(
                        name, Path.of(entryPoint.get(0)), entryPoint.subList(1, entryPoint.size()))
                .workingDirectory(Path.of(inRoot(config.path("WorkingDir").asText())))
                .arguments(List.of(arguments));
        Map<String, String> environment = new HashMap<>();
        words(config.path("Env"))
                .forEach(text ->
                        environment.put(text.substring(0, text.indexOf('=')), text.substring(text.indexOf('=') + 1)));
        environment.forEach((key, value) -> process.environment(key, inRoot(value)));
        return process;
    }

    private static String inRoot(String path) {
        return path.startsWith("/") ? root + path : path;
    }

    private static List<String> words(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    private static int get(URI uri) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                .statusCode();
    }

    private static String read(String name) throws IOException {
        try (var tar = new TarArchiveInputStream(Files.newInputStream(ImageBuild.TAR))) {
            to(tar, name);
            return new String(tar.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void unpack(String layer) throws IOException {
        try (var tar = new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(ImageBuild.TAR)))) {
            to(tar, layer);
            var files = new TarArchiveInputStream(new GZIPInputStream(tar));
            for (TarArchiveEntry entry = files.getNextEntry(); entry != null; entry = files.getNextEntry()) {
                unpack(entry, files);
            }
        }
    }

    private static void unpack(TarArchiveEntry entry, InputStream content) throws IOException {
        var path = root.resolve(entry.getName()).normalize();
        assertThat(path).startsWithRaw(root);
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        assertThat(entry.isFile()).as(entry.getName() + " is a plain file").isTrue();
        Files.createDirectories(path.getParent());
        Files.copy(content, path);
        Files.setLastModifiedTime(
                path, FileTime.from(entry.getLastModifiedDate().toInstant()));
        if ((entry.getMode() & 0100) != 0) {
            assertThat(path.toFile().setExecutable(true)).isTrue();
        }
    }

    private static void to(TarArchiveInputStream tar, String name) throws IOException {
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            if (entry.getName().equals(name)) {
                return;
            }
        }
        throw new IOException("no " + name + " in " + ImageBuild.TAR);
    }
}
