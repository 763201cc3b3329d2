/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Certificates to trust, in PEM. */
public sealed interface CaBundle {
    /** Returns the current certificates. */
    byte[] read() throws IOException;

    /** A file, which can change at any time. */
    record PemFile(Path path) implements CaBundle {
        @Override
        public byte[] read() throws IOException {
            return Files.readAllBytes(path);
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** A text that does not change, for example of a ConfigMap. */
    record PemText(String pem) implements CaBundle {
        @Override
        public byte[] read() {
            return pem.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return "a text";
        }
    }
}
