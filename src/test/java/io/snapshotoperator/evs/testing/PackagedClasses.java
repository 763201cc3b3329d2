/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.SimulatorSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The options with which tests start the packaged application. They are those of the image: only the first compiler, the serial
 * collector, and an archive of the loaded classes, which halves the CPU time of a start. Tests start the application about 50
 * times.
 *
 * <p>The first start in a build records the archive, in a run on an embedded API server until the program leads. The JVM ignores
 * an archive of another JVM or of other JAR files.
 */
final class PackagedClasses {
    private static final Path FOLDER = Path.of("target", "packaged-classes");
    private static final List<String> COMPILER_AND_COLLECTOR = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    private static final Duration MAX_WAIT = Duration.ofMinutes(3);

    private PackagedClasses() {}

    static synchronized List<String> options() {
        try {
            Files.createDirectories(FOLDER);
            var options = new ArrayList<>(COMPILER_AND_COLLECTOR);
            options.add("-XX:SharedArchiveFile=" + archive().toAbsolutePath());
            return options;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the archive for this JAR file. Another JVM of the tests can record it at the same time. */
    private static Path archive() throws IOException {
        var built = Files.getLastModifiedTime(OperatorProcess.JAR).toMillis();
        var archive = FOLDER.resolve(Runtime.version() + "-" + built + ".jsa");
        try (var file = FileChannel.open(FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = file.lock()) {
            if (!Files.exists(archive)) {
                record(archive);
            }
        }
        return archive;
    }

    private static void record(Path archive) throws IOException {
        var part = FOLDER.resolve(archive.getFileName() + ".part").toAbsolutePath();
        var arguments = new ArrayList<>(COMPILER_AND_COLLECTOR);
        arguments.add("-XX:ArchiveClassesAtExit=" + part);
        arguments.addAll(List.of("-jar", OperatorProcess.JAR.toAbsolutePath().toString()));
        try (var cluster = Cluster.embeddedOverTls();
                var cloud = EvsSimulator.start(SimulatorSettings.defaults());
                var program = OperatorProcess.command("packaged-classes", OperatorProcess.java(), arguments)
                        .environment("KUBERNETES_MASTER", cluster.url())
                        .environment("KUBERNETES_TRUST_CERTIFICATES", "true")
                        .settings(RunningOperator.settings(cloud, cluster.freshNamespace("classes")))
                        .start()) {
            program.awaitLeading();
            // The JVM writes the archive when it ends.
            program.terminate(MAX_WAIT);
            if (!Files.exists(part)) {
                throw new IllegalStateException("the JVM has recorded no archive; its log is " + program.logFile());
            }
        }
        Files.move(part, archive, StandardCopyOption.ATOMIC_MOVE);
    }
}
