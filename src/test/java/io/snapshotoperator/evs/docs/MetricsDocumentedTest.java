/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.telemetry.CloudCallMetrics;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
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

    /** Uses the registry of Quarkus, which Micrometer has replaced by one for a newer client of Prometheus. */
    @Test
    @SuppressWarnings("deprecation")
    void documentNamesMetersAsPrometheusDoes() {
        var prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var metrics = new SnapshotMetrics(prometheus);
        metrics.eventRecorded(CommonReason.Paused);
        metrics.registerWatchHealthy(() -> true);
        metrics.registerInFlight(() -> 0);
        new CloudCallMetrics(prometheus).onCallCompleted(CloudOperation.LIST, Optional.empty(), Duration.ofSeconds(1));

        assertThat(DocumentedMeters.all())
                .filteredOn(name -> name.startsWith("evs_"))
                .containsExactlyInAnyOrderElementsOf(prometheus
                        .scrape()
                        .lines()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.split("[{ ]")[0])
                        .collect(Collectors.toSet()));
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
