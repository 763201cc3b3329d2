/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The memory limit of a container for a process of a test. Where this JVM may make control groups (version 1), the kernel
 * enforces the limit and ends the process that exceeds it. Elsewhere only the heap is limited, as the JVM does in such a
 * container.
 */
public final class MemoryLimit implements AutoCloseable {
    private static final Path GROUPS = Path.of("/sys/fs/cgroup/memory");

    private final long bytes;
    private final Optional<Path> group;

    private MemoryLimit(long bytes, Optional<Path> group) {
        this.bytes = bytes;
        this.group = group;
    }

    /** @param bytes for all processes of this limit together */
    public static MemoryLimit of(long bytes) {
        if (!Files.isWritable(GROUPS.resolve("tasks"))) {
            return new MemoryLimit(bytes, Optional.empty());
        }
        try {
            var group = Files.createTempDirectory(GROUPS, "evs-test-");
            Files.writeString(group.resolve("memory.limit_in_bytes"), Long.toString(bytes));
            return new MemoryLimit(bytes, Optional.of(group));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the arguments of a shell that runs a program within the limit. The shell becomes the program. */
    public List<String> wrap(List<String> program) {
        var arguments = new ArrayList<String>();
        arguments.add("-c");
        arguments.add(group.map(folder -> "echo $$ > " + folder.resolve("tasks") + " && ")
                        .orElse("") + "exec \"$@\"");
        arguments.add("limited");
        arguments.addAll(program);
        return arguments;
    }

    /** Returns what the JVM would otherwise derive from the limit of its container. */
    public List<String> javaOptions() {
        return group.isPresent() ? List.of() : List.of("-XX:MaxRAM=" + bytes, "-XX:+UseSerialGC");
    }

    /** Whether the kernel enforces the limit. */
    public boolean isEnforced() {
        return group.isPresent();
    }

    /** Returns how many processes the kernel ended, because they exceeded the limit. */
    public long kills() {
        return group.map(folder -> read(folder.resolve("memory.oom_control")))
                .flatMap(text -> text.lines()
                        .filter(line -> line.startsWith("oom_kill "))
                        .findFirst())
                .map(line -> Long.parseLong(line.substring("oom_kill ".length()).strip()))
                .orElse(0L);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes the limit. Its processes must have ended. */
    @Override
    public void close() {
        group.ifPresent(folder -> folder.toFile().delete());
    }
}
