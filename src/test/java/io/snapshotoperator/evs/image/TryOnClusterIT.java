/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import io.snapshotoperator.evs.demo.Expectation;
import io.snapshotoperator.evs.demo.Sample;
import io.snapshotoperator.evs.testing.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    /** An image that the nodes can pull, {@code NAME@sha256:DIGEST}; blank: one is built and loaded. */
    private static final String IMAGE = System.getProperty("e2e.image", "");

    private static final String OPERATOR = "app.kubernetes.io/component=operator";
    private static final int LOAD = 50;

    /** The host name of the simulated cloud of the teams. */
    private static final String CLOUD = "cloud.clouds.svc";

    @TempDir
    static Path folder;

    private static List<String> commands;
    private static String notes;

    @BeforeAll
    static void buildImageForCluster() throws Exception {
        Assumptions.assumeTrue(
                run("kubectl get nodes").printed().contains(" Ready"),
                "skipped: no cluster with a ready node is reachable");
        if (IMAGE.isBlank()) {
            buildImage();
        }
        commands = commands(Path.of("README.md"), "## Try it on kind");
    }

    private static void buildImage() throws Exception {
        var version = new YAMLMapper()
                .readTree(Files.readString(Path.of("helm", "evs-snapshot-operator", "Chart.yaml")))
                .path("appVersion")
                .asText();
        ImageBuild.build(new BaseImage.Own(LocalJdk.newest()), Optional.empty(), version, Instant.EPOCH);
    }

    /** Pushes the image that was built, and returns its digest. */
    private static String push(String to) throws Exception {
        return Jib.from(TarImage.at(ImageBuild.TAR))
                .containerize(Containerizer.to(RegistryImage.named(to)).setAllowInsecureRegistries(true))
                .getDigest()
                .toString();
    }

    @AfterAll
    static void removeInstallation() throws Exception {
        if (commands != null) {
            run("kubectl delete vsr first -n default --ignore-not-found --timeout=60s");
            run("kubectl delete -f deploy/samples -n default --ignore-not-found --timeout=60s");
            run("kubectl delete vsr,evsc --all -n team-a --timeout=60s");
            run("kubectl delete vsr,evsc --all -n team-b --timeout=60s");
            run("helm uninstall evs-snapshot-operator -n " + NAMESPACE + " --wait --ignore-not-found");
            run("kubectl delete namespace clouds team-a team-b " + NAMESPACE + " --ignore-not-found --timeout=120s");
        }
    }

    @Test
    @Order(1)
    void installsWithFourCommandsOfReadme() throws Exception {
        assertThat(commands).hasSize(4);
        assertThat(commands.get(0)).startsWith("mvn -Pimage package -DskipTests");
        var install = commands.get(3);
        if (IMAGE.isBlank()) {
            assertThat(succeed(commands.get(1))).contains("evs-snapshot-operator:");
            succeed(commands.get(2));
        } else {
            install = install.replace(
                    "image.repository=evs-snapshot-operator",
                    "image.repository=" + IMAGE.replaceFirst("@", ",image.digest="));
        }
        succeed("kubectl create namespace " + NAMESPACE);
        succeed("kubectl label namespace " + NAMESPACE + " pod-security.kubernetes.io/enforce=restricted");

        notes = succeed(install);

        assertThat(succeed("kubectl get pods -n " + NAMESPACE)).contains("1/1").doesNotContain("0/1");
    }

    @Test
    @Order(2)
    void makesRequestReadyWithCommandsOfNotes() throws Exception {
        succeed(notes.substring(notes.indexOf("kubectl apply"), notes.indexOf("\n\nIf the request")));

        assertThat(succeed("kubectl get vsr first -n default")).contains("available", "True");
    }

    /** One team logs in with an access key, the other one with a password, each to its own project of one simulated cloud. */
    @Test
    @Order(3)
    void twoTeamsUseTheirOwnProjects() throws Exception {
        var certificates = TestCertificates.forHost(CLOUD, folder);
        var manifests = Path.of("src", "test", "resources", "e2e");
        var cloud = Files.writeString(
                folder.resolve("cloud.yaml"),
                Files.readString(manifests.resolve("cloud.yaml"))
                        .replace("IMAGE", ofDeployment(".spec.template.spec.containers[0].image")));
        for (var namespace : List.of("clouds", "team-a", "team-b")) {
            succeed("kubectl create namespace " + namespace);
        }
        succeed("kubectl create secret generic tls -n clouds --from-file=keystore.p12=" + certificates.store());
        for (var team : List.of("team-a", "team-b")) {
            succeed("kubectl create configmap evs-ca -n " + team + " --from-file=ca.crt=" + certificates.pem());
        }
        succeed("kubectl apply -f " + cloud);
        // The simulator executes a call at once or never, so the operator need not wait long after a stop.
        upgrade(
                "connections.namespaces={team-a,team-b}",
                "settings.connections.hosts={" + CLOUD + "}",
                "settings.connections.privateAddresses=true",
                "settings.connection.timeout=5s",
                "settings.create.settleTime=8s",
                "settings.leaderElection.leaseDuration=15s",
                "settings.leaderElection.retryPeriod=3s",
                "settings.leaderElection.maxClockSkew=2s");

        // A connection whose cloud is not reachable yet tries again after a time that grows.
        succeed("kubectl rollout status deployment/cloud -n clouds --timeout=2m");
        succeed("kubectl apply -f " + manifests.resolve("two-teams.yaml"));

        for (var team : List.of("team-a", "team-b")) {
            succeed("kubectl wait evsc/default -n " + team + " --for=condition=Ready --timeout=3m");
            succeed("kubectl wait vsr --all -n " + team + " --for=condition=Ready --timeout=2m");
        }
        assertThat(statuses("team-a", "projectId")).containsOnly("a0000000000000000000000000000000");
        assertThat(statuses("team-b", "projectId")).containsOnly("b0000000000000000000000000000000");
    }

    @Test
    @Order(4)
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
        succeed("kubectl apply -n default -f deploy/samples/11-restore.yaml");
        succeed("kubectl wait -n default -f deploy/samples/11-restore.yaml --for=condition=Ready --timeout=2m");
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
    @Order(5)
    void printsNoOrphansWithCommandsOfGuide() throws Exception {
        for (var command : commands(Path.of("docs", "guide", "import.md"), "## Orphaned snapshots")) {
            succeed(command.replace(
                    "orphans.yaml", folder.resolve("orphans.yaml").toString()));
        }

        assertThat(folder.resolve("orphans.yaml")).content().contains("orphaned");
    }

    /**
     * No two snapshots of one request: an additional one would be an orphan, or a duplicate that the status lists. With the
     * property {@code e2e.ctr}, the node also kills the process.
     */
    @Test
    @Order(6)
    void createsOneSnapshotPerRequestDuringRestartAndKills() throws Exception {
        succeed("kubectl delete vsr --all -n default --timeout=120s");
        upgrade("simulator.anyDisk=true");

        applyLoad(0);
        succeed("kubectl rollout restart deployment/evs-snapshot-operator -n " + NAMESPACE);
        succeed("kubectl rollout status deployment/evs-snapshot-operator -n " + NAMESPACE + " --timeout=3m");
        applyLoad(1);
        succeed("kubectl delete pod -n " + NAMESPACE + " -l " + OPERATOR + " --grace-period=1");
        succeed("kubectl wait pod -n " + NAMESPACE + " -l " + OPERATOR + " --for=condition=Ready --timeout=2m");
        var kills = System.getProperty("e2e.ctr", "").isBlank() ? 0 : 1;
        if (kills > 0) {
            applyLoad(2);
            killContainerOfOperator();
        }

        succeed("kubectl wait vsr --all -n default --for=condition=Ready --timeout=4m");
        assertThat(statuses("default", "snapshotId"))
                .hasSize((2 + kills) * LOAD)
                .doesNotHaveDuplicates();
        assertThat(statuses("default", "duplicateSnapshotIds")).isEmpty();
        assertThat(orphansAfter("load")).contains("0 orphaned snapshots");
        assertThat(ofOperatorPods(".restartCount")).isEqualTo(String.valueOf(kills));
        assertThat(ofOperatorPods(".lastState.terminated.reason"))
                .as("the default memory limit is enough")
                .doesNotContain("OOMKilled");
    }

    /** With the properties {@code e2e.push} and {@code e2e.pull}, the new pods run an image that a registry serves by its digest. */
    @Test
    @Order(7)
    void upgradesWithoutChangingRequests() throws Exception {
        var before = statesOfRequests();
        var values = new ArrayList<>(List.of("replicaCount=2", "podDisruptionBudget.enabled=true"));
        var registry = System.getProperty("e2e.push", "");
        if (!registry.isBlank()) {
            values.add("image.repository=" + System.getProperty("e2e.pull", registry) + "/evs-snapshot-operator");
            values.add("image.digest=" + push(registry + "/evs-snapshot-operator:e2e"));
        }

        upgrade(values.toArray(String[]::new));

        assertThat(ofDeployment(".status.readyReplicas")).isEqualTo("2");
        succeed("kubectl apply -n default -f deploy/samples/01-volume.yaml");
        succeed("kubectl wait -n default -f deploy/samples/01-volume.yaml --for=condition=Ready --timeout=2m");
        succeed("kubectl delete -n default -f deploy/samples/01-volume.yaml --timeout=1m");
        assertThat(statesOfRequests()).isEqualTo(before);
    }

    @Test
    @Order(8)
    void leavesNothingStuckWithCommandsOfUninstall() throws Exception {
        var guide = Path.of("docs", "operate", "uninstall.md");
        for (var heading : List.of("## 2. Stop", "## 3. Remove", "## 4. Remove")) {
            for (var command : commands(guide, heading)) {
                succeed(command);
            }
        }

        assertThat(succeed("kubectl get vsr -n default -o jsonpath='{.items[*].metadata.finalizers}'"))
                .isBlank();
        // Without finalizers they are gone at once. kubectl would wait for one after the other.
        succeed("kubectl delete vsr --all -n default --wait=false");
        assertThat(succeed("kubectl get vsr -n default -o name")).isBlank();
        succeed("kubectl delete namespace clouds team-a team-b " + NAMESPACE + " --timeout=120s");
    }

    private static void upgrade(String... values) throws Exception {
        succeed("helm upgrade evs-snapshot-operator helm/evs-snapshot-operator -n " + NAMESPACE
                + " --reuse-values --wait --timeout=3m"
                + Stream.of(values).map(" --set '%s'"::formatted).collect(Collectors.joining()));
    }

    private static void applyLoad(int batch) throws Exception {
        var requests = IntStream.range(0, LOAD)
                .mapToObj(number -> """
                        ---
                        apiVersion: evs.snapshot-operator.io/v1alpha1
                        kind: VolumeSnapshotRequest
                        metadata: {name: load-%2$d-%1$03d, namespace: default}
                        spec: {force: true, source: {volumeId: 10ad0000-0000-4000-8000-00000000%2$d%1$03d}}
                        """.formatted(number, batch))
                .collect(Collectors.joining());
        succeed("kubectl apply -f " + Files.writeString(folder.resolve("load.yaml"), requests));
    }

    /** Sends SIGKILL from the node, as the kernel does when memory is short. */
    private static void killContainerOfOperator() throws Exception {
        var id = ofOperatorPods(".containerID").replace("containerd://", "");
        succeed(System.getProperty("e2e.ctr") + " -n k8s.io tasks kill -s SIGKILL " + id);
    }

    private static String orphansAfter(String step) throws Exception {
        var list = folder.resolve("orphans-after-" + step);
        for (var command : commands(Path.of("docs", "guide", "import.md"), "## Orphaned snapshots")) {
            succeed(command.replaceFirst("orphans orphans$", "orphans orphans-after-" + step)
                    .replace("job/orphans", "job/orphans-after-" + step)
                    .replace("orphans.yaml", list.toString()));
        }
        return Files.readString(list);
    }

    /** A field of the container status of each pod of the operator. */
    private static String ofOperatorPods(String field) throws Exception {
        return succeed("kubectl get pods -n " + NAMESPACE + " -l " + OPERATOR
                        + " -o jsonpath='{.items[*].status.containerStatuses[0]" + field + "}'")
                .strip();
    }

    private static String ofDeployment(String field) throws Exception {
        return succeed(
                "kubectl get deployment evs-snapshot-operator -n " + NAMESPACE + " -o jsonpath='{" + field + "}'");
    }

    /** A field of the status of each request that has it. */
    private static List<String> statuses(String namespace, String field) throws Exception {
        return Stream.of(succeed("kubectl get vsr -n " + namespace + " -o jsonpath='{.items[*].status." + field + "}'")
                        .split(" "))
                .filter(value -> !value.isBlank())
                .toList();
    }

    private static String statesOfRequests() throws Exception {
        return succeed("kubectl get vsr -A -o jsonpath='"
                + "{range .items[*]}{.metadata.namespace}/{.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}'");
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
        var kubeconfig = System.getProperty("e2e.kubeconfig", "");
        if (!kubeconfig.isBlank()) {
            builder.environment().put("KUBECONFIG", kubeconfig);
        }
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
