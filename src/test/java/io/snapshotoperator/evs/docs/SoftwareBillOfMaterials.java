/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the run-time dependencies from the SBOM that the CycloneDX plugin writes before the tests run. */
public final class SoftwareBillOfMaterials {
    private static final Path FILE = Path.of("target", "sbom.json");

    /** A dependency of Quarkus that it does not package: it starts applications in an IDE. */
    private static final Set<String> NOT_PACKAGED = Set.of("io.quarkus:quarkus-ide-launcher");

    private SoftwareBillOfMaterials() {}

    /** Returns the versions by {@code group:artifact}. Throws {@link IllegalStateException} if there is no SBOM. */
    public static SortedMap<String, String> versions() {
        if (!Files.exists(FILE)) {
            throw new IllegalStateException("there is no " + FILE + "; run mvn process-test-classes first");
        }
        try {
            var versions = new TreeMap<String, String>();
            for (var component :
                    new ObjectMapper().readTree(Files.readString(FILE)).path("components")) {
                versions.put(name(component), component.path("version").asText());
            }
            versions.keySet().removeAll(NOT_PACKAGED);
            return versions;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(JsonNode component) {
        return component.path("group").asText() + ":" + component.path("name").asText();
    }
}
