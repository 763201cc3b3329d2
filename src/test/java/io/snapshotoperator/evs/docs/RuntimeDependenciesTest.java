/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Keeps {@code docs/reference/dependencies.md} equal to the SBOM of the build; under the profile {@code dependencies} it
 * writes the document first. So no dependency enters the product, and no version changes, without a reviewed line.
 */
class RuntimeDependenciesTest {
    private static final String COMMAND = "mvn -Pdependencies test";
    private static final Path DOCUMENT = DocumentationFiles.REFERENCE.resolve("dependencies.md");

    @Test
    void documentListsExactlyDependenciesOfBuild() throws IOException {
        var built = SoftwareBillOfMaterials.versions();
        assertThat(built).as("dependencies in the SBOM").isNotEmpty();
        if (Boolean.getBoolean("dependencies.write")) {
            Files.writeString(DOCUMENT, document(built));
        }

        assertThat(DependencyChanges.between(documented(), built))
                .as(
                        "The run-time dependencies differ from %s. If this is intended, run %s and commit the file.",
                        DOCUMENT, COMMAND)
                .isEmpty();
    }

    private static SortedMap<String, String> documented() {
        return DocumentationFiles.rows(DOCUMENT).stream()
                .collect(Collectors.toMap(
                        DocumentationFiles.Row::name,
                        row -> row.cells().get(0),
                        (first, second) -> first + ", " + second,
                        TreeMap::new));
    }

    private static String document(SortedMap<String, String> versions) {
        return """
                <!-- Generated from the SBOM of the build; do not edit. To generate again: %s -->

                # Run-time dependencies

                The image contains these libraries. A test compares the list with the SBOM that the build writes to
                `target/sbom.json` (CycloneDX), so each change of a library or version is a change of this file. The other
                contents of the image are the program, and a Java runtime or the base image.

                | library | version |
                |---|---|
                %s""".formatted(
                        COMMAND,
                        versions.entrySet().stream()
                                .map(entry -> "| `" + entry.getKey() + "` | " + entry.getValue() + " |\n")
                                .collect(Collectors.joining()));
    }
}
