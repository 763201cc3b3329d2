/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that {@code docs/reference/metrics.md} lists the meters. The name of a meter is a constant of {@code telemetry}. */
class MetricsDocumentedTest {
    private static final String TELEMETRY = "io.snapshotoperator.evs.telemetry";

    @Test
    void documentListsExactlyAllMeters() {
        assertThat(DocumentationFiles.rows(DocumentationFiles.REFERENCE.resolve("metrics.md")).stream()
                        .map(DocumentationFiles.Row::name)
                        .filter(name -> name.startsWith("evs.")))
                .containsExactlyInAnyOrderElementsOf(meters());
    }

    @Test
    void everyMeterStatesItsQuestion() {
        assertThat(DocumentationFiles.rows(DocumentationFiles.REFERENCE.resolve("metrics.md")))
                .filteredOn(row -> row.name().startsWith("evs."))
                .allSatisfy(row ->
                        assertThat(row.cells().get(row.cells().size() - 1)).endsWith("?"));
    }

    @Test
    void documentListsAllTagValues() {
        var documented = DocumentationFiles.read(DocumentationFiles.REFERENCE.resolve("metrics.md"));

        assertThat(Stream.<Enum<?>>concat(
                        Arrays.stream(CloudOperation.values()), Arrays.stream(CloudException.Kind.values())))
                .allSatisfy(value ->
                        assertThat(documented).contains("`" + value.name().toLowerCase(Locale.ROOT) + "`"));
    }

    static Set<String> meters() {
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages(TELEMETRY).stream()
                        .flatMap(meter -> meter.getFields().stream())
                        .filter(field -> field.getModifiers().contains(JavaModifier.STATIC)
                                && field.getRawType().isEquivalentTo(String.class))
                        .map(JavaField::reflect)
                        .map(MetricsDocumentedTest::value)
                        .filter(value -> value.startsWith("evs."))
                        .collect(Collectors.toSet());
    }

    private static String value(Field constant) {
        try {
            constant.setAccessible(true);
            return (String) constant.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
