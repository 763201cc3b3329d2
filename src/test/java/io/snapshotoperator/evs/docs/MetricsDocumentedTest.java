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
import io.snapshotoperator.evs.cloud.http.call.CallObserver;
import io.snapshotoperator.evs.cloud.http.error.CloudOperation;
import io.snapshotoperator.evs.cloud.ratelimit.Lane;
import io.snapshotoperator.evs.cloud.ratelimit.Reservation;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.telemetry.BudgetMetrics;
import io.snapshotoperator.evs.telemetry.CloudCallMetrics;
import io.snapshotoperator.evs.telemetry.LeaderMetrics;
import io.snapshotoperator.evs.telemetry.ScheduleMetrics;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.lang.reflect.Field;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
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

        assertThat(Stream.<Enum<?>[]>of(
                                CloudOperation.values(),
                                CloudException.Kind.values(),
                                Lane.values(),
                                Reservation.Denied.Cause.values(),
                                CallObserver.TokenCause.values(),
                                SnapshotMetrics.RequestSource.values())
                        .flatMap(Arrays::stream))
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
        metrics.requestReady(SnapshotMetrics.RequestSource.VOLUME, Duration.ofSeconds(1));
        var calls = new CloudCallMetrics(prometheus);
        calls.onCallCompleted(CloudOperation.LIST, Optional.empty(), Duration.ofSeconds(1));
        calls.onTokenIssued(CallObserver.TokenCause.FIRST);
        new BudgetMetrics(prometheus).denied(Lane.READ, new Reservation.Denied(Duration.ofSeconds(1)));
        var gauges = new LeaderMetrics(prometheus, metrics);
        gauges.registerRequests(List.of(CommonReason.values()), Stream::empty);
        gauges.registerConnections(List.of(CommonReason.values()), Stream::empty);
        gauges.registerSchedules(List.of(CommonReason.values()), Stream::empty);
        gauges.registerRestores(List.of(CommonReason.values()), Stream::empty);
        new ScheduleMetrics(prometheus, InstantSource.system());
        gauges.registerDuplicates(() -> 0);
        gauges.registerInFlight(() -> 0);
        gauges.registerWatchHealthy(() -> true);

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
