/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.snapshotoperator.evs.api.v1alpha1.schedule.RetentionSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.schedule.SourceSelector;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleSpecBuilder;
import io.snapshotoperator.evs.image.ImageProgram;
import io.snapshotoperator.evs.testing.AuditLog;
import io.snapshotoperator.evs.testing.AuditLog.Entry;
import io.snapshotoperator.evs.testing.ManyUsers;
import io.snapshotoperator.evs.testing.MemoryLimit;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.RealApiServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What schedules cost while nothing is due: {@code mvn -Pbench -Dit.test=ScheduleBenchmarkIT -Dschedules=1000 -Dclaims=10}. Prints
 * what the operator sends and computes when the schedules are applied, after a restart, when it reconciles each of them once as in
 * each hour, and in the minutes that follow.
 */
class ScheduleBenchmarkIT {
    private static final String NAMESPACE = "bench";
    private static final int USERS = 8;
    private static final Duration QUIET = Duration.ofSeconds(15);

    private final int schedules = Integer.getInteger("bench.schedules", 1000);
    private final int claims = Integer.getInteger("bench.claims", 10);
    private final Duration idle = Duration.ofMinutes(Integer.getInteger("bench.idle", 5));

    @Test
    void printsWhatIdleSchedulesCost(@TempDir Path folder) throws Exception {
        var program = ImageProgram.prepare(System.getProperty("bench.jdk", ""));
        var builder = RealApiServer.of(RealApiServer.NEWEST);
        var audit = AuditLog.enableFor(builder, folder);
        try (var server = builder.start();
                var cloud = SimulatorProcess.start(Duration.ofSeconds(10));
                var limit = MemoryLimit.of(
                        Quantity.getAmountInBytes(new Quantity(System.getProperty("bench.memory", "256Mi")))
                                .longValueExact())) {
            server.installCrds();
            createNamespaceWithClaims(server.client());
            var settings = settings(cloud);
            System.out.printf(
                    "%d schedules of %d claims each, in one namespace; nothing is due%n%n%-22s %8s %8s %8s %8s %9s %9s%n",
                    schedules, claims, "phase", "writes", "events", "reads", "lists", "CPU", "resident");
            try (var operator = MeasuredOperator.start(program, limit, server.kubeconfig(), settings, List.of())) {
                awaitLeading(operator);
                var before = ProcessUsage.of(operator.pid()).cpu();
                ManyUsers.doForEach(
                        USERS,
                        IntStream.range(0, schedules)
                                .mapToObj(number -> "schedule-" + number)
                                .toList(),
                        name -> create(server.client(), name));
                await().atMost(Duration.ofMinutes(15))
                        .pollInterval(Duration.ofSeconds(2))
                        .until(() -> observed(server.client()) == schedules);
                pause(QUIET);
                print("applied", audit, 0, operator, before);
                operator.terminate(Duration.ofSeconds(60));
            }
            var sent = audit.requestsOf(MeasuredOperator.AGENT).size();
            try (var operator = MeasuredOperator.start(program, limit, server.kubeconfig(), settings, List.of())) {
                awaitLeading(operator);
                pause(QUIET.multipliedBy(2));
                sent = print("restart, all once", audit, sent, operator, Duration.ZERO);
                var before = ProcessUsage.of(operator.pid()).cpu();
                pause(idle);
                var end = print("idle " + idle.toMinutes() + " min", audit, sent, operator, before);
                var idleWrites = writes(audit.requestsOf(MeasuredOperator.AGENT).subList(sent, end));
                assertThat(idleWrites).as("writes while nothing is due").isZero();
            }
            System.out.println("Ended by the kernel for memory: " + limit.kills());
        }
    }

    private static Map<String, String> settings(SimulatorProcess cloud) {
        var values = new HashMap<>(cloud.settings());
        values.put("evs.installation", "bench");
        values.put("evs.namespaces", NAMESPACE);
        values.put("evs.leader-election.lease-namespace", NAMESPACE);
        return values;
    }

    private void createNamespaceWithClaims(KubernetesClient client) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
        for (var claim = 0; claim < claims; claim++) {
            var created = client.resource(new PersistentVolumeClaimBuilder()
                            .withNewMetadata()
                            .withNamespace(NAMESPACE)
                            .withName("data-" + claim)
                            .endMetadata()
                            .withNewSpec()
                            .withAccessModes("ReadWriteOnce")
                            .withStorageClassName("")
                            .withVolumeName("volume-" + claim)
                            .withNewResources()
                            .addToRequests("storage", new Quantity("10Gi"))
                            .endResources()
                            .endSpec()
                            .build())
                    .create();
            client.resource(created).editStatus(bound -> {
                bound.getStatus().setPhase("Bound");
                return bound;
            });
        }
    }

    private void create(KubernetesClient client, String name) {
        var schedule = new VolumeSnapshotSchedule();
        schedule.setMetadata(
                new ObjectMetaBuilder().withNamespace(NAMESPACE).withName(name).build());
        // In half a year, so that nothing is due.
        schedule.setSpec(VolumeSnapshotScheduleSpecBuilder.builder()
                .schedule(
                        "30 2 1 " + LocalDate.now(ZoneOffset.UTC).plusMonths(6).getMonthValue() + " *")
                .timeZone("Europe/Berlin")
                .sources(List.of(SourceSelector.ofPattern("data-*")))
                .retention(RetentionSpecBuilder.builder().last(3).build())
                .build());
        client.resource(schedule).create();
    }

    private static long observed(KubernetesClient client) {
        return client.resources(VolumeSnapshotSchedule.class).inNamespace(NAMESPACE).list().getItems().stream()
                .filter(schedule ->
                        schedule.getStatus() != null && schedule.getStatus().nextSlot() != null)
                .count();
    }

    private static void awaitLeading(OperatorProcess operator) {
        await().atMost(Duration.ofMinutes(2)).until(operator::leads);
    }

    /** Returns how many requests of the operator the audit log has now. */
    private static int print(String phase, AuditLog audit, int from, OperatorProcess operator, Duration cpuBefore) {
        var all = audit.requestsOf(MeasuredOperator.AGENT);
        var sent = all.subList(from, all.size());
        var usage = ProcessUsage.of(operator.pid());
        System.out.printf(
                Locale.ROOT,
                "%-22s %8d %8d %8d %8d %7.1f s %6d MB%n",
                phase,
                writes(sent),
                sent.stream()
                        .filter(entry -> entry.isWrite() && entry.resource().equals("events"))
                        .count(),
                sent.stream()
                        .filter(entry -> entry.verb().equals("get") && isObject(entry))
                        .count(),
                sent.stream().filter(entry -> entry.verb().equals("list")).count(),
                usage.cpu().minus(cpuBefore).toMillis() / 1000.0,
                usage.residentBytes() / 1_000_000);
        return all.size();
    }

    private static long writes(List<Entry> sent) {
        return sent.stream()
                .filter(entry -> entry.isWrite()
                        && (entry.resource().startsWith("volumesnapshotschedules")
                                || entry.resource().startsWith("volumesnapshotrequests")))
                .count();
    }

    private static boolean isObject(Entry entry) {
        return entry.resource().startsWith("volumesnapshot") || entry.resource().startsWith("persistentvolume");
    }

    private static void pause(Duration time) {
        var end = System.nanoTime() + time.toNanos();
        for (var left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
        }
    }
}
