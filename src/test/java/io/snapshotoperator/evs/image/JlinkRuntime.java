/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Java runtime that jlink makes from a JDK, and the system libraries that it needs to start. */
record JlinkRuntime(LocalJdk jdk, Path folder, Set<Path> libraries) {
    /** The modules of a JRE for servers. Tests cannot find all modules that libraries use by reflection. */
    private static final String MODULES =
            "java.se,jdk.crypto.cryptoki,jdk.crypto.ec,jdk.httpserver,jdk.jfr,jdk.management,jdk.management.agent,"
                    + "jdk.naming.dns,jdk.net,jdk.security.auth,jdk.security.jgss,jdk.unsupported,jdk.zipfs";

    /** Native libraries for windows, fonts and sound, which need the libraries of a desktop. */
    private static final Pattern DESKTOP_LIBRARY = Pattern.compile(
            "lib(awt|awt_headless|awt_xawt|fontmanager|freetype|harfbuzz|javajpeg|jawt|jsound|lcms|mlib_image|splashscreen)\\.so");

    private static final Pattern RESOLVED = Pattern.compile("(?:=> )?(/\\S+) \\(0x");

    /** Makes the runtime. Replaces the folder. */
    static JlinkRuntime cut(LocalJdk jdk, Path folder) throws IOException, InterruptedException {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new IllegalArgumentException("image.base=own works on Linux only; set another image.base");
        }
        delete(folder);
        Files.createDirectories(folder.getParent());
        run(
                jdk.home().resolve("bin").resolve("jlink").toString(),
                "--add-modules=" + MODULES,
                "--no-header-files",
                "--no-man-pages",
                // The archive of the JDK's own classes. An archive of an older JDK contains only what is not in this
                // one.
                "--generate-cds-archive",
                "--output=" + folder);
        for (var file : natives(folder)) {
            if (DESKTOP_LIBRARY.matcher(file.getFileName().toString()).matches()) {
                Files.delete(file);
            }
        }
        return at(jdk, folder);
    }

    /** Returns the runtime that {@link #cut} has made in the folder. */
    static JlinkRuntime at(LocalJdk jdk, Path folder) throws IOException, InterruptedException {
        return new JlinkRuntime(jdk, folder, libraries(folder));
    }

    private static Set<Path> libraries(Path folder) throws IOException, InterruptedException {
        var needed = new TreeSet<Path>();
        var programs = new ArrayList<>(natives(folder));
        programs.add(folder.resolve("bin/java"));
        for (var program : programs) {
            for (var line : run("ldd", program.toString()).split("\n")) {
                var match = RESOLVED.matcher(line);
                if (match.find() && !Path.of(match.group(1)).normalize().startsWith(folder)) {
                    needed.add(Path.of(match.group(1)));
                }
            }
        }
        return needed;
    }

    private static List<Path> natives(Path folder) throws IOException {
        try (var files = Files.walk(folder.resolve("lib"))) {
            return files.filter(path -> path.toString().endsWith(".so")).toList();
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command[0] + " ended with " + process.exitValue() + ": " + output);
        }
        return output;
    }

    static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> files = Files.walk(tree)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
