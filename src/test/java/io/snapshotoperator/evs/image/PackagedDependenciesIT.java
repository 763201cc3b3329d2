/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.docs.SoftwareBillOfMaterials;
import io.snapshotoperator.evs.testing.OperatorProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that the SBOM describes what is packaged, because the plugin that writes it does not read the package. */
class PackagedDependenciesIT {

    @Test
    void containsExactlyLibrariesOfSbom() throws IOException {
        assertThat(packaged())
                .containsExactlyInAnyOrderElementsOf(SoftwareBillOfMaterials.versions().entrySet().stream()
                        .map(library -> library.getKey().replace(':', '.') + "-" + library.getValue() + ".jar")
                        .toList());
    }

    private static List<String> packaged() throws IOException {
        var folder = OperatorProcess.JAR.resolveSibling("lib");
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .toList();
        }
    }
}
