/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.image.ImageProgram;
import io.snapshotoperator.evs.testing.AuditLog;
import io.snapshotoperator.evs.testing.ManyUsers;
import io.snapshotoperator.evs.testing.MemoryLimit;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.RealApiServer;
import io.snapshotoperator.evs.testing.SpecBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Runs one benchmark: users create all requests at once, and wait until they are ready; the operator starts again with
 * everything settled; the users delete everything.
 */
final class Benchmark {
    private static final String AGENT = "operator-under-test";
    private static final String NAMESPACE = "bench";
    private static final int USERS = 8;
    private static final Duration TICK = Duration.ofMillis(100);

    /** How long the operator is watched when nothing should happen. Events also follow the status by some time. */
    private static final Duration QUIET = Duration.ofSeconds(15);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

    private final BenchmarkSettings settings;
    private final RealApiServer server;
    private final SimulatorProcess cloud;
    private final AuditLog audit;
    private final MemoryLimit limit;
    private final ImageProgram program;
    private final List<String> names;
    private final List<Phase> phases = new ArrayList<>();

    private Benchmark(
            BenchmarkSettings settings,
            RealApiServer server,
            SimulatorProcess cloud,
            AuditLog audit,
            MemoryLimit limit,
            ImageProgram program) {
        this.settings = settings;
        this.server = server;
        this.cloud = cloud;
        this.audit = audit;
        this.limit = limit;
        this.program = program;
        this.names = IntStream.range(0, settings.requests())
                .mapToObj("5aa119a8-d25b-45a7-8d1b-%012d"::formatted)
                .toList();
    }

    /** @param folder for the audit log, which has about 1 KiB for each request to the API server */
    static BenchmarkReport run(BenchmarkSettings settings, ImageProgram program, Path folder) throws IOException {
        var builder = RealApiServer.of(RealApiServer.NEWEST);
        var audit = AuditLog.enableFor(builder, folder);
        try (var server = builder.start();
                var cloud = SimulatorProcess.start(settings.latency());
                var limit = MemoryLimit.of(settings.memoryBytes())) {
            server.installCrds();
            server.client()
                    .resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(NAMESPACE)
                            .endMetadata()
                            .build())
                    .create();
            return new Benchmark(settings, server, cloud, audit, limit, program).run();
        }
    }

    private BenchmarkReport run() {
        Duration start;
        Duration applying;
        Lag lag;
        List<Timeline.Sample> samples;
        try (var operator = startOperator(profile());
                var readiness = new ReadinessRecorder(requests())) {
            pause(QUIET);
            var before = ProcessUsage.of(operator.pid());
            start = before.cpu();
            var startedAt = Instant.now();
            Duration took;
            try (var timeline = Timeline.start(readiness::count, cloud, operator.pid())) {
                ManyUsers.doForEach(USERS, names, this::create);
                applying = Duration.between(startedAt, Instant.now());
                await(operator, () -> readiness.count() == names.size());
                took = Duration.between(startedAt, Instant.now());
                pause(QUIET);
                samples = timeline.samples();
            }
            addPhase("ready", took, operator, before.cpu(), names.size() - readiness.count());
            lag = Lag.of(lags(readiness));
            // Releases the Lease. Otherwise the next process waits until it expires.
            operator.terminate(STOP_TIMEOUT);
        }
        try (var operator = startOperator(List.of())) {
            pause(QUIET);
            addPhase("restart, settled", QUIET, operator, Duration.ZERO, 0);
            var before = ProcessUsage.of(operator.pid());
            var startedAt = Instant.now();
            ManyUsers.doForEach(USERS, names, name -> requests().withName(name).delete());
            await(operator, () -> existing() == 0);
            var took = Duration.between(startedAt, Instant.now());
            addPhase("deleted", took, operator, before.cpu(), existing());
        }
        return new BenchmarkReport(
                settings, start, applying, lag, List.copyOf(phases), samples, limit.isEnforced(), limit.kills());
    }

    private List<String> profile() {
        return settings.profile()
                ? List.of("-XX:StartFlightRecording=settings=profile,filename="
                        + BenchmarkIT.folderOf(settings).resolve("profile.jfr").toAbsolutePath())
                : List.of();
    }

    private OperatorProcess startOperator(List<String> moreOptions) {
        var values = new HashMap<>(cloud.settings());
        values.putAll(settings.budget());
        values.put("evs.installation", "bench");
        values.put("evs.namespaces", NAMESPACE);
        values.put("evs.leader-election.lease-namespace", NAMESPACE);
        var command = new ArrayList<String>();
        command.add(program.java().toString());
        command.addAll(limit.javaOptions());
        command.addAll(List.of(chartJavaOptions().split(" ")));
        command.addAll(moreOptions);
        command.addAll(program.arguments());
        var operator = OperatorProcess.command("bench", Path.of("/bin/sh"), limit.wrap(command));
        program.environment().forEach(operator::environment);
        return operator.workingDirectory(program.folder())
                .kubeconfig(server.kubeconfig())
                .settings(values)
                .environment("KUBERNETES_USER_AGENT", AGENT)
                .start()
                .awaitLeading();
    }

    private static String chartJavaOptions() {
        try {
            return new YAMLMapper()
                    .readTree(Path.of("helm", "evs-snapshot-operator", "values.yaml")
                            .toFile())
                    .at("/javaOptions")
                    .asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void create(String volumeId) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withNamespace(NAMESPACE)
                .withName(volumeId)
                .build());
        request.setSpec(SpecBuilder.ofVolume(volumeId).force(true).build());
        server.client().resource(request).create();
    }

    private void addPhase(String name, Duration took, OperatorProcess operator, Duration cpuBefore, int stuck) {
        var usage = ProcessUsage.of(operator.pid());
        var total = Counts.of(audit.requestsOf(AGENT), cloud.summary());
        var counts = phases.stream().map(Phase::counts).reduce(total, Counts::since);
        phases.add(new Phase(name, took, counts, usage.cpu().minus(cpuBefore), usage, stuck));
    }

    private List<Duration> lags(ReadinessRecorder readiness) {
        return cloud.createdAtByVolume().entrySet().stream()
                .flatMap(created -> readiness.readyAt(created.getKey()).stream()
                        .map(ready -> Duration.between(created.getValue().plus(settings.latency()), ready)))
                .toList();
    }

    private int existing() {
        return requests().list().getItems().size();
    }

    private NonNamespaceOperation<
                    VolumeSnapshotRequest,
                    KubernetesResourceList<VolumeSnapshotRequest>,
                    Resource<VolumeSnapshotRequest>>
            requests() {
        return server.client().resources(VolumeSnapshotRequest.class).inNamespace(NAMESPACE);
    }

    private void await(OperatorProcess operator, BooleanSupplier condition) {
        var end = Instant.now().plus(settings.maxWait());
        while (!condition.getAsBoolean() && Instant.now().isBefore(end)) {
            if (!operator.isAlive()) {
                throw new IllegalStateException("the operator ended; ended by the kernel for memory: " + limit.kills()
                        + "; its log is " + operator.logFile());
            }
            pause(TICK);
        }
    }

    private static void pause(Duration time) {
        var end = System.nanoTime() + time.toNanos();
        for (var left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
