/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/**
 * Writes the image into a tar file, or pushes it to a registry. The layout is the same on each base: the program is in {@code
 * /app}, {@code java} starts it, the user is a number, and only {@code /tmp} is writable.
 *
 * <p>{@code mvn -Pimage package} runs it. The extension quarkus-container-image-jib can only push, or give the image to a
 * daemon. With it, a test could not start the image that is shipped.
 */
public final class ImageBuild {
    static final Path TAR = Path.of("target", "image", "evs-snapshot-operator.tar");

    static final Path WORK = Path.of("target", "image");
    static final Path PROGRAM = Path.of("target", "quarkus-app");
    private static final AbsoluteUnixPath HOME = AbsoluteUnixPath.get("/app");
    private static final AbsoluteUnixPath JAVA = AbsoluteUnixPath.get("/opt/java");
    static final String JAR = "quarkus-run.jar";

    private static final String USER = "65532:65532";
    private static final FilePermissions EXECUTABLE = FilePermissions.fromOctalString("755");

    private ImageBuild() {}

    /**
     * Reads the properties {@code image.base}, {@code image.jdk}, {@code image.to}, {@code image.version} and {@code
     * image.created}.
     */
    public static void main(String... none) throws Exception {
        try {
            var to = Optional.of(System.getProperty("image.to", "")).filter(value -> !value.isBlank());
            var made = build(
                    BaseImage.parse(System.getProperty("image.base", "own"), System.getProperty("image.jdk", "")),
                    to,
                    System.getProperty("image.version", "dev"),
                    Instant.parse(System.getProperty("image.created", "1970-01-01T00:00:00Z")));
            System.out.println("image " + to.orElse(TAR.toString()) + " " + made);
            // The embedded API server of the training run leaves threads that would keep this JVM running.
            System.exit(0);
        } catch (IllegalArgumentException invalid) {
            System.err.println(invalid.getMessage());
            System.exit(1);
        }
    }

    /** Builds the image, and returns its digest. */
    static String build(BaseImage base, Optional<String> to, String version, Instant created)
            throws IOException, InterruptedException, InvalidImageReferenceException, ExecutionException,
                    RegistryException, CacheDirectoryCreationException {
        if (!Files.exists(PROGRAM.resolve(JAR))) {
            throw new IllegalArgumentException("there is no " + PROGRAM + "; run mvn package first");
        }
        Files.createDirectories(WORK);
        var image = on(base).addFileEntriesLayer(layer("libraries", "lib"))
                .addFileEntriesLayer(layer("program", JAR, "quarkus", "app"))
                .setWorkingDirectory(HOME)
                .setUser(USER)
                // Without this variable, the runtime reads text as ASCII.
                .addEnvironmentVariable("LANG", "C.UTF-8")
                .setExposedPorts(Set.of(Port.tcp(8080)))
                .setCreationTime(created)
                .setLabels(Map.of(
                        "org.opencontainers.image.title", "EVS Snapshot Operator",
                        "org.opencontainers.image.version", version,
                        "org.opencontainers.image.licenses", "Apache-2.0"));
        var name = ImageReference.parse(to.orElse("evs-snapshot-operator:" + version));
        var container = image.containerize(target(to, name)
                .setToolName("evs-snapshot-operator")
                .setAllowInsecureRegistries(isOnThisMachine(name))
                .setApplicationLayersCache(WORK.resolve("cache")));
        return container.getDigest().toString();
    }

    /** A registry on this machine may use HTTP, as Docker allows it too. */
    private static boolean isOnThisMachine(ImageReference name) {
        return name.getRegistry().matches("(localhost|127\\.0\\.0\\.1)(:\\d+)?");
    }

    private static JibContainerBuilder on(BaseImage base)
            throws IOException, InterruptedException, InvalidImageReferenceException {
        if (base instanceof BaseImage.Own own) {
            return onRuntime(ImageProgram.prepare(own.jdk()));
        }
        var image = base instanceof BaseImage.Tar tar
                ? Jib.from(TarImage.at(tar.file()))
                : Jib.from(withLogin(RegistryImage.named(((BaseImage.Pinned) base).reference())));
        return image.setEntrypoint(List.of("java", "-jar", HOME + "/" + JAR));
    }

    private static JibContainerBuilder onRuntime(ImageProgram program) throws IOException {
        var entryPoint = new ArrayList<String>();
        entryPoint.add(JAVA + "/bin/java");
        entryPoint.addAll(program.arguments());
        return Jib.fromScratch()
                .setPlatforms(Set.of(new Platform(architecture(), "linux")))
                .addFileEntriesLayer(systemLayer(program.runtime()))
                .addFileEntriesLayer(runtimeLayer(program.runtime()))
                .addFileEntriesLayer(FileEntriesLayer.builder()
                        .setName("cache")
                        .addEntry(
                                program.cache(),
                                HOME.resolve(program.cache().getFileName().toString()))
                        .build())
                .setEnvironment(program.environment())
                .addEnvironmentVariable("JAVA_HOME", JAVA.toString())
                // kubectl exec and the job of the orphan report start java without its folder.
                .addEnvironmentVariable("PATH", JAVA + "/bin")
                .setEntrypoint(entryPoint);
    }

    private static Containerizer target(Optional<String> to, ImageReference name) {
        return to.isEmpty()
                ? Containerizer.to(TarImage.at(TAR).named(name))
                : Containerizer.to(withLogin(RegistryImage.named(name)));
    }

    /** Reads the login from the environment, because other users can see properties in the list of processes. */
    private static RegistryImage withLogin(RegistryImage image) {
        return image.addCredentialRetriever(() -> Optional.ofNullable(System.getenv("IMAGE_USERNAME"))
                .map(user -> Credential.from(user, System.getenv().getOrDefault("IMAGE_PASSWORD", ""))));
    }

    private static FileEntriesLayer layer(String name, String... parts) throws IOException {
        var layer = FileEntriesLayer.builder().setName(name);
        for (var part : parts) {
            layer.addEntryRecursive(PROGRAM.resolve(part), HOME.resolve(part));
        }
        return layer.build();
    }

    private static FileEntriesLayer runtimeLayer(JlinkRuntime runtime) throws IOException {
        var layer = FileEntriesLayer.builder().setName("runtime");
        try (Stream<Path> files = Files.walk(runtime.folder())) {
            for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
                var path = JAVA.resolve(runtime.folder().relativize(file).toString());
                if (Files.isExecutable(file)) {
                    layer.addEntry(file, path, EXECUTABLE);
                } else {
                    layer.addEntry(file, path);
                }
            }
        }
        return layer.build();
    }

    private static FileEntriesLayer systemLayer(JlinkRuntime runtime) throws IOException {
        var layer = FileEntriesLayer.builder().setName("system");
        for (var library : runtime.libraries()) {
            layer.addEntry(library.toRealPath(), AbsoluteUnixPath.fromPath(library), EXECUTABLE);
        }
        return layer.build();
    }

    private static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    }
}
