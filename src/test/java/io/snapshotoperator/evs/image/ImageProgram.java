/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What an image without a base image starts: its Java runtime, the program with the cache of its classes, and the options. */
public final class ImageProgram {
    private static final Path FOLDER = ImageBuild.WORK.toAbsolutePath();

    /** Of what the runtime and the cache in the folder were made. Absent while they are made. */
    private static final Path MADE_OF = FOLDER.resolve("made-of");

    private final JlinkRuntime runtime;
    private final Path cache;

    private ImageProgram(JlinkRuntime runtime, Path cache) {
        this.runtime = runtime;
        this.cache = cache;
    }

    /**
     * Makes the runtime and records the cache, in {@code target/image}. Uses those of the last time if JDK, program and the code
     * that makes them are the same. Waits while another process makes them.
     *
     * @param jdkHome the JDK; empty for the newest one beside the JDK of the build
     */
    public static ImageProgram prepare(String jdkHome) throws IOException, InterruptedException {
        return prepare(LocalJdk.ofSetting(jdkHome));
    }

    static ImageProgram prepare(LocalJdk jdk) throws IOException, InterruptedException {
        var runtime = FOLDER.resolve("runtime");
        var training = FOLDER.resolve("training");
        Files.createDirectories(FOLDER);
        try (var file = FileChannel.open(FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = file.lock()) {
            var inputs = ImageInputs.of(jdk, ImageBuild.PROGRAM);
            if (Files.exists(MADE_OF) && Files.readString(MADE_OF).equals(inputs)) {
                return new ImageProgram(JlinkRuntime.at(jdk, runtime), TrainingRun.cache(jdk, training));
            }
            Files.deleteIfExists(MADE_OF);
            var made = JlinkRuntime.cut(jdk, runtime);
            var program = new ImageProgram(made, TrainingRun.record(made, ImageBuild.PROGRAM, training));
            Files.writeString(MADE_OF, inputs);
            return program;
        }
    }

    /** Returns the {@code java} of the runtime. */
    public Path java() {
        return runtime.folder().resolve("bin").resolve("java");
    }

    /** Returns the folder in which {@link #arguments} start the program. */
    public Path folder() {
        return cache.getParent();
    }

    /**
     * Returns the arguments of {@code java} that start the operator. The paths are relative to the folder of the program,
     * because older JVMs use the cache only for the paths that the training run had.
     */
    public List<String> arguments() {
        var arguments = new ArrayList<>(runtime.jdk().options());
        arguments.add(TrainingRun.option(runtime.jdk()));
        arguments.addAll(List.of("-jar", ImageBuild.JAR));
        return arguments;
    }

    /** Returns the environment variables that limit the memory. */
    public Map<String, String> environment() {
        // glibc otherwise keeps freed memory in an arena for each thread.
        return Map.of("MALLOC_ARENA_MAX", "1");
    }

    JlinkRuntime runtime() {
        return runtime;
    }

    Path cache() {
        return cache;
    }
}
