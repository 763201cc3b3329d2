/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageInputsTest {
    private static final LocalJdk JDK = new LocalJdk(Path.of("/jdk"), Runtime.Version.parse("25.0.3"));

    @TempDir
    Path program;

    @BeforeEach
    void writeProgram() throws IOException {
        Files.createDirectories(program.resolve("lib"));
        Files.writeString(program.resolve("lib/a.jar"), "a");
    }

    @Test
    void staysSameWhenProgramIsBuiltAgain() throws IOException {
        var before = ImageInputs.of(JDK, program);

        Files.delete(program.resolve("lib/a.jar"));
        Files.writeString(program.resolve("lib/a.jar"), "a");

        assertThat(ImageInputs.of(JDK, program)).isEqualTo(before);
    }

    @Test
    void differsWhenFileOfProgramChanges() throws IOException {
        var before = ImageInputs.of(JDK, program);

        Files.writeString(program.resolve("lib/a.jar"), "b");

        assertThat(ImageInputs.of(JDK, program)).isNotEqualTo(before);
    }

    @Test
    void differsWhenFileOfProgramIsRenamed() throws IOException {
        var before = ImageInputs.of(JDK, program);

        Files.move(program.resolve("lib/a.jar"), program.resolve("lib/b.jar"));

        assertThat(ImageInputs.of(JDK, program)).isNotEqualTo(before);
    }

    @Test
    void differsForAnotherJdk() throws IOException {
        var another = new LocalJdk(JDK.home(), Runtime.Version.parse("25.0.4"));

        assertThat(ImageInputs.of(another, program)).isNotEqualTo(ImageInputs.of(JDK, program));
    }

    @Test
    void namesClassThatMakesTheCache() throws IOException {
        assertThat(ImageInputs.of(JDK, program)).contains(" TrainingRun.class\n");
    }
}
