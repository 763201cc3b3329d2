/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** A program of another project that tests run, from a folder that an environment variable names. */
final class ExternalProgram {
    private static final Path UNPACKED = Path.of("target", "programs");

    private ExternalProgram() {}

    /** Returns the folder that the environment variable names. Skips the test with one line if it is not set. */
    static Path directory(String variable, String content) {
        var directory = Optional.ofNullable(System.getenv(variable)).filter(value -> !value.isBlank());
        if (directory.isEmpty()) {
            var message = "skipped: " + variable + " is not set; it names a folder with " + content;
            System.out.println(message);
            return Assumptions.abort(message);
        }
        return Path.of(directory.get());
    }

    /** Returns {@code NAME-VERSION}, which must be in the folder once, as it is or compressed with xz. */
    static Path find(Path directory, String name) throws IOException, InterruptedException {
        try (var files = Files.list(directory)) {
            var found = files.filter(file -> file.getFileName().toString().matches(name + "-[0-9.]+(\\.xz)?"))
                    .toList();
            assertThat(found).as(name + " in " + directory).hasSize(1);
            var program = found.get(0).toAbsolutePath();
            return program.toString().endsWith(".xz") ? unpack(program) : program;
        }
    }

    /** Unpacks the program once. Another JVM can do the same at the same time. */
    private static Path unpack(Path compressed) throws IOException, InterruptedException {
        var name = compressed.getFileName().toString().replace(".xz", "");
        var program = Files.createDirectories(UNPACKED).resolve(name).toAbsolutePath();
        if (!Files.isExecutable(program)) {
            var part = Files.createTempFile(UNPACKED, name, ".part");
            var exit = new ProcessBuilder("xz", "--decompress", "--stdout", compressed.toString())
                    .redirectOutput(part.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start()
                    .waitFor();
            assertThat(exit).as("exit code of xz for " + compressed).isZero();
            assertThat(part.toFile().setExecutable(true)).isTrue();
            Files.move(part, program, StandardCopyOption.ATOMIC_MOVE);
        }
        return program;
    }
}
