/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What decides the content of the Java runtime and of the cache: the JDK, the program, and the classes of this package. */
final class ImageInputs {
    private ImageInputs() {}

    /** Returns a text that differs if one of them differs: one line for the JDK, and one for each file with its digest. */
    static String of(LocalJdk jdk, Path program) throws IOException {
        var text = new StringBuilder(jdk + "\n");
        for (var folder : List.of(program, classes())) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
                    text.append(digest(file))
                            .append(' ')
                            .append(folder.relativize(file))
                            .append('\n');
                }
            }
        }
        return text.toString();
    }

    private static Path classes() {
        try {
            return Path.of(ImageInputs.class.getResource("").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String digest(Path file) throws IOException {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
