/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaseImageTest {
    private static final String JAVA_HOME = System.getProperty("java.home");
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    @Test
    void acceptsLocalJdkTarFileAndImageWithDigest() {
        assertThat(BaseImage.parse("own", "")).isEqualTo(new BaseImage.Own(LocalJdk.newest()));
        assertThat(BaseImage.parse("own", JAVA_HOME)).isEqualTo(new BaseImage.Own(LocalJdk.at(Path.of(JAVA_HOME))));
        assertThat(BaseImage.parse("tar:/somewhere/base.tar", ""))
                .isEqualTo(new BaseImage.Tar(Path.of("/somewhere/base.tar")));
        assertThat(BaseImage.parse("eclipse-temurin:17-jre@" + DIGEST, ""))
                .isEqualTo(new BaseImage.Pinned("eclipse-temurin:17-jre@" + DIGEST));
    }

    @Test
    void takesNewestJdkThatIsAtLeastTheOneOfTheBuild() {
        assertThat(LocalJdk.newest().version())
                .isGreaterThanOrEqualTo(LocalJdk.at(Path.of(JAVA_HOME)).version());
        assertThat(LocalJdk.at(Path.of(JAVA_HOME)).version().feature())
                .isEqualTo(Runtime.version().feature());
    }

    @Test
    void rejectsFolderThatIsNoJdk() {
        assertThatThrownBy(() -> BaseImage.parse("own", "/nowhere"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("image.jdk is /nowhere");
    }

    @ParameterizedTest
    @ValueSource(strings = {"eclipse-temurin:17-jre", "eclipse-temurin", "", "eclipse-temurin@sha256:12"})
    void rejectsImageWithoutDigest(String reference) {
        assertThatThrownBy(() -> BaseImage.parse(reference, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("image.base")
                .hasMessageContaining("@sha256:");
    }
}
