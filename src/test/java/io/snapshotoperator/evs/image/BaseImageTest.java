/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaseImageTest {
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    @Test
    void acceptsLocalJdkTarFileAndImageWithDigest() {
        assertThat(BaseImage.parse("own")).isEqualTo(new BaseImage.Own());
        assertThat(BaseImage.parse("tar:/somewhere/base.tar"))
                .isEqualTo(new BaseImage.Tar(Path.of("/somewhere/base.tar")));
        assertThat(BaseImage.parse("eclipse-temurin:17-jre@" + DIGEST))
                .isEqualTo(new BaseImage.Pinned("eclipse-temurin:17-jre@" + DIGEST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"eclipse-temurin:17-jre", "eclipse-temurin", "", "eclipse-temurin@sha256:12"})
    void rejectsImageWithoutDigest(String reference) {
        assertThatThrownBy(() -> BaseImage.parse(reference))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("image.base")
                .hasMessageContaining("@sha256:");
    }
}
