/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A JDK of this machine.
 *
 * @param version such as 25.0.3
 */
record LocalJdk(Path home, Runtime.Version version) {
    private static final int FIRST_WITH_AOT_CACHE = 25;
    private static final int FIRST_WITH_COMPACT_HEADERS = 25;

    /** Reads the setting {@code image.jdk}, as {@link #at} and {@link #newest} do. */
    static LocalJdk ofSetting(String home) {
        return home.isBlank() ? newest() : at(Path.of(home));
    }

    /**
     * Returns the JDK with this home.
     *
     * @throws IllegalArgumentException if there is none, or it has no jlink
     */
    static LocalJdk at(Path home) {
        return find(home)
                .orElseThrow(() -> new IllegalArgumentException("image.jdk is " + home
                        + ", which is no JDK: it needs the file release and the program bin/jlink"));
    }

    /** Returns the newest JDK in the folder that contains the JDK of the build, at least that one. */
    static LocalJdk newest() {
        var own = Path.of(System.getProperty("java.home"));
        try {
            var folder = own.toRealPath().getParent();
            try (Stream<Path> homes = Files.list(folder)) {
                return homes.sorted()
                        .flatMap(home -> find(home).stream())
                        .max(Comparator.comparing(LocalJdk::version))
                        .orElseGet(() -> at(own));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<LocalJdk> find(Path home) {
        var release = home.resolve("release");
        if (!Files.isReadable(release)
                || !Files.isExecutable(home.resolve("bin").resolve("jlink"))) {
            return Optional.empty();
        }
        try {
            var properties = new Properties();
            properties.load(new StringReader(Files.readString(release)));
            var version = properties.getProperty("JAVA_VERSION", "").replace("\"", "");
            return Optional.of(new LocalJdk(home, Runtime.Version.parse(version)));
        } catch (IOException | IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    /**
     * Returns the options that make the program small on this JVM. docs/decisions/0006-image-runtime.md has the measurements. The
     * collector is not among them: in a container with less than 1,792 MB, the JVM takes the serial one.
     */
    List<String> options() {
        var options = new ArrayList<String>();
        options.add("-XX:TieredStopAtLevel=1");
        if (hasCompactHeaders()) {
            options.add("-XX:+UseCompactObjectHeaders");
        }
        return options;
    }

    /** Whether the JVM can record an AOT cache in one step (JEP 514). Older ones record a class data archive (JEP 350). */
    boolean hasAotCache() {
        return version.feature() >= FIRST_WITH_AOT_CACHE;
    }

    /** Whether {@code -XX:+UseCompactObjectHeaders} is a product option (JEP 519). */
    private boolean hasCompactHeaders() {
        return version.feature() >= FIRST_WITH_COMPACT_HEADERS;
    }
}
