/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.image.ImageProgram;
import io.snapshotoperator.evs.testing.AuditLog;
import io.snapshotoperator.evs.testing.InvariantInputs;
import io.snapshotoperator.evs.testing.ManyUsers;
import io.snapshotoperator.evs.testing.MemoryLimit;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.RealApiServer;
import io.snapshotoperator.evs.testing.SpecBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Runs one benchmark: users create all requests at once, and wait until they are ready; the operator starts again with
 * everything settled; the users delete everything. With settled requests, the first operator starts with them, the users create
 * some more, and nothing is deleted.
 */
final class Benchmark {
    private static final String NAMESPACE = "bench";
    private static final int USERS = 8;

    /** The requests that follow the settled ones. */
    private static final int MORE = 100;

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
    /** The requests that the users create while the operator runs. */
    private final List<String> names;

    private final List<Phase> phases = new ArrayList<>();

    /** Everything up to the end of the last phase. */
    private Counts counted = new Counts(0, 0, 0, 0, Map.of());

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
        this.names = names(1, settings.settled() ? MORE : settings.requests());
    }

    private static List<String> names(int generation, int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> "5aa119a8-d25b-45a7-8d1%x-%012d".formatted(generation, number))
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
        if (settings.settled()) {
            addSettledRequests();
        }
        var all = settings.settled() ? settings.requests() + MORE : settings.requests();
        Duration start;
        Duration leading;
        Duration applying;
        Lag lag;
        List<Timeline.Sample> samples;
        try (var operator = startOperator(profile());
                var readiness = new ReadinessRecorder(requests())) {
            pause(QUIET);
            var before = ProcessUsage.of(operator.pid());
            start = before.cpu();
            if (settings.settled()) {
                addPhase("start, settled", settings.requests(), QUIET, operator, Duration.ZERO, 0);
            }
            var startedAt = Instant.now();
            Duration took;
            try (var timeline = Timeline.start(() -> readyOf(readiness), cloud, operator.pid())) {
                ManyUsers.doForEach(USERS, names, this::create);
                applying = Duration.between(startedAt, Instant.now());
                await(operator, () -> readyOf(readiness) == names.size());
                took = Duration.between(startedAt, Instant.now());
                pause(QUIET);
                samples = timeline.samples();
            }
            addPhase("ready", names.size(), took, operator, before.cpu(), names.size() - readyOf(readiness));
            lag = Lag.of(lags(readiness));
            // Releases the Lease. Otherwise the next process waits until it expires.
            operator.terminate(STOP_TIMEOUT);
        }
        var restartedAt = Instant.now();
        try (var operator = startOperator(List.of())) {
            leading = Duration.between(restartedAt, Instant.now());
            pause(QUIET);
            addPhase("restart, settled", all, QUIET, operator, Duration.ZERO, 0);
            if (!settings.settled()) {
                var before = ProcessUsage.of(operator.pid());
                var startedAt = Instant.now();
                ManyUsers.doForEach(
                        USERS, names, name -> requests().withName(name).delete());
                await(operator, () -> existing() == 0);
                var took = Duration.between(startedAt, Instant.now());
                addPhase("deleted", all, took, operator, before.cpu(), existing());
            }
        }
        return new BenchmarkReport(
                settings,
                start,
                leading,
                applying,
                lag,
                List.copyOf(phases),
                samples,
                limit.isEnforced(),
                limit.kills());
    }

    private void addSettledRequests() {
        var template = names(0, 1).get(0);
        try (var operator = startOperator(List.of())) {
            create(template);
            await(
                    operator,
                    () -> InvariantInputs.isTrue(requests().withName(template).get(), "Ready"));
            operator.terminate(STOP_TIMEOUT);
        }
        var settled = new SettledRequests(
                server.client(), cloud, requests().withName(template).get());
        ManyUsers.doForEach(USERS, names(0, settings.requests()).subList(1, settings.requests()), settled::add);
        countSinceLastTime();
    }

    /** How many of the requests that the users create while the operator runs were ready at some time. */
    private int readyOf(ReadinessRecorder readiness) {
        return readiness.count() - (settings.settled() ? settings.requests() : 0);
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
        var process = MeasuredOperator.start(program, limit, server.kubeconfig(), values, moreOptions);
        await(process, process::leads);
        return process;
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

    private void addPhase(
            String name, int changed, Duration took, OperatorProcess operator, Duration cpuBefore, int stuck) {
        var usage = ProcessUsage.of(operator.pid());
        var counts = countSinceLastTime();
        phases.add(new Phase(name, changed, took, counts, usage.cpu().minus(cpuBefore), usage, stuck));
    }

    private Counts countSinceLastTime() {
        var total = Counts.of(audit.requestsOf(MeasuredOperator.AGENT), cloud.summary());
        var counts = total.since(counted);
        counted = total;
        return counts;
    }

    private List<Duration> lags(ReadinessRecorder readiness) {
        var names = Set.copyOf(this.names);
        return cloud.createdAtByVolume().entrySet().stream()
                .filter(created -> names.contains(created.getKey()))
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
