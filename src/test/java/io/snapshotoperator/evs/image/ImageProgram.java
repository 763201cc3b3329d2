/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What an image without a base image starts: its Java runtime, the program with the cache of its classes, and the options. */
public final class ImageProgram {
    private static final Path FOLDER = ImageBuild.WORK.toAbsolutePath();

    private final JlinkRuntime runtime;
    private final Path cache;

    private ImageProgram(JlinkRuntime runtime, Path cache) {
        this.runtime = runtime;
        this.cache = cache;
    }

    /**
     * Makes the runtime and records the cache, in {@code target/image}.
     *
     * @param jdkHome the JDK; empty for the newest one beside the JDK of the build
     */
    public static ImageProgram prepare(String jdkHome) throws IOException, InterruptedException {
        return prepare(LocalJdk.ofSetting(jdkHome));
    }

    static ImageProgram prepare(LocalJdk jdk) throws IOException, InterruptedException {
        var runtime = JlinkRuntime.cut(jdk, FOLDER.resolve("runtime"));
        return new ImageProgram(runtime, TrainingRun.record(runtime, ImageBuild.PROGRAM, FOLDER.resolve("training")));
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
