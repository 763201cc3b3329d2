/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.testing.RealApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Uninstalls a release and installs another one with another name. Helm keeps the definitions of the first one, with its name
 * in their annotations, and rejects the second one until it may own them. The commands are those of the guide.
 */
class KeptDefinitionsIT {
    private static final Path GUIDE = Path.of("docs", "operate", "upgrade.md");
    private static final String OWNER = "meta.helm.sh/release-name";

    @TempDir
    static Path folder;

    private static RealApiServer server;
    private static String values;
    private String uid;

    @BeforeAll
    static void start() throws IOException {
        server = RealApiServer.of(RealApiServer.NEWEST).start();
        values = Files.writeString(folder.resolve("values.yaml"), Chart.MINIMAL).toString();
        for (var namespace : List.of("first", "second")) {
            succeed(server.kubectl("create", "namespace", namespace));
        }
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    /** Leaves what {@code helm uninstall} leaves: the definitions, and with them the requests. */
    @BeforeEach
    void keepDefinitionsOfUninstalledRelease() {
        // A test before this one may have changed the annotations with kubectl.
        succeed(install("first", "first", "--take-ownership", "--force-conflicts"));
        succeed(server.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"));
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withNamespace("default")
                .withName("kept")
                .build());
        request.setSpec(VolumeSnapshotRequestSpec.of(SnapshotSource.ofVolume("5aa119a8-d25b-45a7-8d1b-88e127885635")));
        uid = server.client()
                .resource(request)
                .createOr(NonDeletingOperation::update)
                .getMetadata()
                .getUid();
        succeed(server.helm("uninstall", "first", "-n", "first"));
        assertThat(owners()).containsExactly("first", "first", "first", "first");
        var rejected = install("second", "second");
        assertThat(rejected.exit()).isNotZero();
        assertThat(rejected.err()).contains("invalid ownership metadata");
    }

    @Test
    void installsWithTakeOwnership() throws IOException {
        assertThat(Files.readString(GUIDE)).contains("--take-ownership");

        succeed(install("second", "second", "--take-ownership"));

        assertKeptAndOwnedBySecond();
    }

    @Test
    void installsAfterAnnotationsChangedAsInGuide() throws IOException {
        assertThat(Files.readString(GUIDE)).contains("--force-conflicts");
        for (var command : commandsOfGuide()) {
            succeed(server.kubectl(command.replace("NAMESPACE", "second")
                    .replace("RELEASE", "second")
                    .split(" +")));
        }

        succeed(install("second", "second"));

        assertKeptAndOwnedBySecond();
    }

    /** Goes back to a chart that has only the definition of VolumeSnapshotRequest. */
    @Test
    void rollbackKeepsDefinitionsThatOlderChartLacks() throws IOException {
        var older = folder.resolve("older-chart");
        copyWithOneDefinition(Chart.FOLDER, older);
        succeed(server.helm("install", "second", older.toString(), "-n", "second", "-f", values, "--take-ownership"));
        succeed(server.helm(
                "upgrade",
                "second",
                Chart.FOLDER.toAbsolutePath().toString(),
                "-n",
                "second",
                "-f",
                values,
                "--take-ownership"));
        assertThat(owners()).containsExactly("second", "second", "second", "second");

        succeed(server.helm("rollback", "second", "1", "-n", "second"));

        assertKeptAndOwnedBySecond();
    }

    private static void copyWithOneDefinition(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.filter(path -> !path.getFileName()
                            .toString()
                            .matches("(evsconnections|volumesnapshotschedules|volumesnapshotrestores).*"))
                    .toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        assertThat(to.resolve("files").resolve("crds"))
                .isDirectoryNotContaining("glob:**{evsconnections,volumesnapshotschedules,volumesnapshotrestores}*");
    }

    private void assertKeptAndOwnedBySecond() {
        assertThat(owners()).containsExactly("second", "second", "second", "second");
        assertThat(server.client()
                        .resources(VolumeSnapshotRequest.class)
                        .inNamespace("default")
                        .withName("kept")
                        .require()
                        .getMetadata()
                        .getUid())
                .isEqualTo(uid);
        succeed(server.helm("uninstall", "second", "-n", "second"));
    }

    private static List<String> owners() {
        return server.client().resources(CustomResourceDefinition.class).list().getItems().stream()
                .map(definition -> definition.getMetadata().getAnnotations().get(OWNER))
                .toList();
    }

    private static RealApiServer.Output install(String release, String namespace, String... more) {
        var arguments = new ArrayList<>(
                List.of("install", release, Chart.FOLDER.toAbsolutePath().toString(), "-n", namespace, "-f", values));
        arguments.addAll(Arrays.asList(more));
        return server.helm(arguments.toArray(String[]::new));
    }

    /** The commands of kubectl after the heading, without the word kubectl. */
    private static List<String> commandsOfGuide() throws IOException {
        var text = Files.readString(GUIDE);
        var commands = Pattern.compile("(?m)^kubectl (annotate|label) ([^\\\\\n]*(?:\\\\\n[^\\\\\n]*)*)$")
                .matcher(text)
                .results()
                .map(command -> (command.group(1) + " " + command.group(2)).replace("\\\n", " "))
                .toList();
        assertThat(commands).as("commands of " + GUIDE).isNotEmpty();
        return commands;
    }

    private static void succeed(RealApiServer.Output output) {
        assertThat(output.exit()).as(output.err() + output.out()).isZero();
    }
}
