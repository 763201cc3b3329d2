/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Checks the arguments that every {@code mvn} in this repository gets, also the plain {@code mvn -Pdemo} of the README. */
class MavenConfigTest {

    @Test
    void omitsProgressOfDownloadsSoThatFirstDemoIsVisible() throws IOException {
        assertThat(Files.readAllLines(Path.of(".mvn", "maven.config")))
                .as("one argument per line, as Maven 3.9 and 4 require")
                .containsExactly("-ntp");
    }
}
