/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import io.snapshotoperator.evs.simulator.Volume;
import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.OperatorProcess;
import io.snapshotoperator.evs.testing.RunningOperator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs the program once while the image is built, so that the JVM records the classes that it loads and links. In the image,
 * the JVM maps this cache into memory instead, which takes about half of the CPU time of a start.
 *
 * <p>The run is one request from its creation to its end, on an embedded API server and the simulator, over TLS as in a
 * cluster. The JVM uses the cache only for the same JVM, the same sequence of JAR files, and files with the same size and time.
 * Therefore the program is copied with the time that the files have in the image.
 */
final class TrainingRun {
    /** The time of all files in an image that Jib builds, so that equal files make equal layers. */
    static final FileTime FILE_TIME = FileTime.from(Instant.ofEpochSecond(1));

    private static final String VOLUME = "5aa119a8-d25b-45a7-8d1b-88e127885635";
    private static final Duration MAX_WAIT = Duration.ofMinutes(5);

    private final LocalJdk jdk;
    private final Path program;

    private TrainingRun(LocalJdk jdk, Path program) {
        this.jdk = jdk;
        this.program = program;
    }

    /** Returns the option with which the JVM uses the cache in its working directory, the folder of the program. */
    static String option(LocalJdk jdk) {
        return (jdk.hasAotCache() ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + cacheName(jdk);
    }

    private static String cacheName(LocalJdk jdk) {
        return jdk.hasAotCache() ? "app.aot" : "app.jsa";
    }

    /**
     * Records the cache.
     *
     * @param runtime the JVM of the image
     * @param from the program
     * @param folder for a copy of it and for the cache. Replaced
     * @return the cache
     */
    static Path record(JlinkRuntime runtime, Path from, Path folder) throws IOException {
        JlinkRuntime.delete(folder);
        copy(from, folder);
        new TrainingRun(runtime.jdk(), folder)
                .run(runtime.folder().resolve("bin").resolve("java"));
        var cache = cache(runtime.jdk(), folder);
        if (!Files.exists(cache)) {
            throw new IOException("the JVM has recorded no cache in its training run");
        }
        return cache;
    }

    /** Returns the cache that {@link #record} writes into the folder. */
    static Path cache(LocalJdk jdk, Path folder) {
        return folder.resolve(cacheName(jdk));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (var file : files.toList()) {
                var copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                    Files.setLastModifiedTime(copy, FILE_TIME);
                }
            }
        }
    }

    private void run(Path java) {
        try (var cluster = Cluster.embeddedOverTls();
                var cloud = EvsSimulator.start(SimulatorSettings.builder()
                        .snapshotTakes(Duration.ofMillis(500))
                        .volume(Volume.available(VOLUME))
                        .build())) {
            var namespace = cluster.freshNamespace("training");
            var options = new ArrayList<>(jdk.options());
            options.add("-XX:+UseSerialGC");
            options.add((jdk.hasAotCache() ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + cacheName(jdk));
            options.addAll(List.of("-jar", ImageBuild.JAR));
            try (var operator = OperatorProcess.command("training", java, options)
                    .workingDirectory(program)
                    .environment("KUBERNETES_MASTER", cluster.url())
                    .environment("KUBERNETES_TRUST_CERTIFICATES", "true")
                    .settings(RunningOperator.settings(cloud, namespace))
                    .start()) {
                operator.awaitLeading();
                liveOf(cluster, namespace);
                // The JVM writes the cache when it ends.
                operator.terminate(MAX_WAIT);
            }
        }
    }

    private static void liveOf(Cluster cluster, String namespace) {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withNamespace(namespace)
                .withName("training")
                .build());
        request.setSpec(VolumeSnapshotRequestSpec.of(SnapshotSource.ofVolume(VOLUME)));
        var resource = cluster.client().resource(request);
        resource.create();
        await().atMost(MAX_WAIT)
                .until(() -> resource.get().getStatus() != null
                        && "available".equals(resource.get().getStatus().snapshotStatus()));
        resource.delete();
        await().atMost(MAX_WAIT).until(() -> resource.get() == null);
    }
}
