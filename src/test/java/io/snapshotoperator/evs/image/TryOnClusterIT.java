/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.snapshotoperator.evs.demo.Expectation;
import io.snapshotoperator.evs.demo.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the commands of {@code README.md} and of the documentation word for word, and the samples, on the cluster of the current
 * kubeconfig, with real pods. Only {@code mvn -Pe2e verify} runs it. Without a cluster that has a ready node it is skipped.
 *
 * <p>The first command builds the image. This test builds it in its own process, because it runs within a build. If the
 * property {@code e2e.load} is set, that command loads the archive in place of kind.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TryOnClusterIT {
    private static final String NAMESPACE = "evs-snapshot-operator";
    private static final Pattern BLOCK = Pattern.compile("(?s)```sh\n(.*?)```");
    private static final long TIMEOUT_MINUTES = 5;
    private static final int LOAD = 60;

    @TempDir
    static Path folder;

    private static List<String> commands;
    private static String notes;

    @BeforeAll
    static void buildImageForCluster() throws Exception {
        Assumptions.assumeTrue(
                run("kubectl get nodes").printed().contains(" Ready"),
                "skipped: no cluster with a ready node is reachable");
        var version = new YAMLMapper()
                .readTree(Files.readString(Path.of("helm", "evs-snapshot-operator", "Chart.yaml")))
                .path("appVersion")
                .asText();
        ImageBuild.build(new BaseImage.Own(LocalJdk.newest()), Optional.empty(), version, Instant.EPOCH);
        commands = commands(Path.of("README.md"), "## Try it on kind");
    }

    @AfterAll
    static void removeInstallation() throws Exception {
        if (commands != null) {
            run("kubectl delete vsr first -n default --ignore-not-found --timeout=60s");
            run("kubectl delete -f deploy/samples -n default --ignore-not-found --timeout=60s");
            run("helm uninstall evs-snapshot-operator -n " + NAMESPACE + " --wait --ignore-not-found");
            run("kubectl delete namespace " + NAMESPACE + " --ignore-not-found --timeout=120s");
        }
    }

    @Test
    @Order(1)
    void installsWithFourCommandsOfReadme() throws Exception {
        assertThat(commands).hasSize(4);
        assertThat(commands.get(0)).startsWith("mvn -Pimage package -DskipTests");
        assertThat(succeed(commands.get(1))).contains("evs-snapshot-operator:");
        succeed(commands.get(2));

        notes = succeed(commands.get(3));

        assertThat(succeed("kubectl get pods -n " + NAMESPACE)).contains("1/1").doesNotContain("0/1");
    }

    @Test
    @Order(2)
    void makesRequestReadyWithCommandsOfNotes() throws Exception {
        succeed(notes.substring(notes.indexOf("kubectl apply"), notes.indexOf("\n\nIf the request")));

        assertThat(succeed("kubectl get vsr first -n default")).contains("available", "True");
    }

    @Test
    @Order(3)
    void endsEverySampleAsItsFirstLineSays() throws Exception {
        for (var sample : Sample.all()) {
            succeed("kubectl apply -n default -f " + sample.file());
            if (sample.expectation() instanceof Expectation.Gone) {
                succeed("kubectl delete -n default --wait=false -f " + sample.file());
            }
        }

        for (var sample : Sample.all()) {
            succeed(waitFor(sample));
        }
    }

    private static String waitFor(Sample sample) {
        var wait = "kubectl wait -n default vsr/" + sample.name() + " --timeout=2m --for=";
        if (sample.expectation() instanceof Expectation.NotReady end) {
            return wait + "jsonpath='{.status.conditions[?(@.type==\"Ready\")].reason}'="
                    + end.reason().name();
        }
        return wait + (sample.expectation() instanceof Expectation.Ready ? "condition=Ready" : "delete");
    }

    @Test
    @Order(4)
    void printsNoOrphansWithCommandsOfGuide() throws Exception {
        for (var command : commands(Path.of("docs", "guide", "import.md"), "## Orphaned snapshots")) {
            succeed(command.replace(
                    "orphans.yaml", folder.resolve("orphans.yaml").toString()));
        }

        assertThat(folder.resolve("orphans.yaml")).content().contains("orphaned");
    }

    /** No two snapshots of one request: an additional one would be an orphan, or a duplicate that the status lists. */
    @Test
    @Order(5)
    void createsOneSnapshotPerRequestDuringRestartAndKill() throws Exception {
        succeed("kubectl delete vsr --all -n default --timeout=120s");
        succeed("helm upgrade evs-snapshot-operator helm/evs-snapshot-operator -n " + NAMESPACE
                + " --reuse-values --set simulator.anyDisk=true --wait --timeout=3m");
        var requests = IntStream.range(0, LOAD).mapToObj("""
                        ---
                        apiVersion: evs.snapshot-operator.io/v1alpha1
                        kind: VolumeSnapshotRequest
                        metadata: {name: load-%1$03d, namespace: default}
                        spec: {force: true, source: {volumeId: 10ad0000-0000-4000-8000-000000000%1$03d}}
                        """::formatted).collect(Collectors.joining());
        var file = Files.writeString(folder.resolve("load.yaml"), requests);

        succeed("kubectl apply -f " + file);
        succeed("kubectl rollout restart deployment/evs-snapshot-operator -n " + NAMESPACE);
        succeed("kubectl rollout status deployment/evs-snapshot-operator -n " + NAMESPACE + " --timeout=3m");
        succeed("kubectl delete pod -n " + NAMESPACE + " -l app.kubernetes.io/component=operator --grace-period=1");

        succeed("kubectl wait vsr --all -n default --for=condition=Ready --timeout=4m");
        assertThat(succeed("kubectl get vsr -n default -o jsonpath='{range .items[*]}{.status.snapshotId} {end}'")
                        .strip()
                        .split(" "))
                .hasSize(LOAD)
                .doesNotHaveDuplicates();
        assertThat(succeed("kubectl get vsr -n default -o jsonpath='{.items[*].status.duplicateSnapshotIds}'"))
                .isBlank();
        for (var command : commands(Path.of("docs", "guide", "import.md"), "## Orphaned snapshots")) {
            succeed(command.replaceFirst("orphans orphans$", "orphans orphans-after-load")
                    .replace("job/orphans", "job/orphans-after-load")
                    .replace("orphans.yaml", folder.resolve("after.yaml").toString()));
        }
        assertThat(folder.resolve("after.yaml")).content().contains("0 orphaned snapshots");
    }

    @Test
    @Order(6)
    void leavesNothingStuckWithCommandsOfUninstall() throws Exception {
        var guide = Path.of("docs", "operate", "uninstall.md");
        for (var heading : List.of("## 2. Stop", "## 3. Remove", "## 4. Remove")) {
            for (var command : commands(guide, heading)) {
                succeed(command);
            }
        }

        assertThat(succeed("kubectl get vsr -n default -o jsonpath='{.items[*].metadata.finalizers}'"))
                .isBlank();
        succeed("kubectl delete vsr --all -n default --timeout=30s");
        succeed("kubectl delete namespace " + NAMESPACE + " --timeout=120s");
    }

    /** The commands of the first shell block of a section. A backslash continues a command on the next line. */
    private static List<String> commands(Path document, String heading) throws IOException {
        var text = Files.readString(document);
        var block = BLOCK.matcher(text.substring(text.indexOf(heading)));
        assertThat(block.find())
                .as("a shell block after '%s' of %s", heading, document)
                .isTrue();
        return Arrays.stream(block.group(1).strip().split("(?<!\\\\)\n")).toList();
    }

    private static String succeed(String command) throws Exception {
        var result = run(command);
        assertThat(result.exit()).as(command + "\n" + result.printed()).isZero();
        return result.printed();
    }

    private record Result(int exit, String printed) {}

    private static Result run(String command) throws Exception {
        var output = Files.createTempFile(folder, "command", ".out");
        var builder = new ProcessBuilder("bash", "-e", "-c", command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().merge("PATH", kind().toString(), (path, first) -> first + ":" + path);
        var process = builder.start();
        if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError(command + " still runs after " + TIMEOUT_MINUTES + " minutes");
        }
        return new Result(process.exitValue(), Files.readString(output));
    }

    /** Returns a folder with a program kind that calls the given load command, or an empty folder. */
    private static Path kind() throws IOException {
        var load = System.getProperty("e2e.load", "");
        var bin = Files.createDirectories(folder.resolve("bin"));
        var kind = bin.resolve("kind");
        if (!load.isBlank() && !Files.exists(kind)) {
            Files.writeString(kind, "#!/bin/sh\n[ \"$1 $2\" = 'load image-archive' ] && exec " + load + " \"$3\"\n");
            assertThat(kind.toFile().setExecutable(true)).isTrue();
        }
        return bin;
    }
}
