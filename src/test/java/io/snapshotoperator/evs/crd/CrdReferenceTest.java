/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.crd;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.docs.DocumentationFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Checks that {@code docs/reference/crd.md} matches the schemas. The profile {@code crds} writes the file first. */
class CrdReferenceTest {
    private static final Path DOCUMENT = DocumentationFiles.REFERENCE.resolve("crd.md");

    @Test
    void documentMatchesSchemas() throws IOException {
        if (Boolean.getBoolean("crds.write")) {
            Files.writeString(DOCUMENT, CrdReference.text());
        }
        assertThat(DOCUMENT)
                .as(DOCUMENT + " differs from the schemas. To generate it again: " + CustomResourceDefinitions.COMMAND)
                .hasContent(CrdReference.text());
    }
}
