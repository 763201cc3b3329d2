/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.snapshotoperator.evs.docs.DocumentationFiles;
import io.snapshotoperator.evs.docs.DocumentedMeters;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alert rules of the chart, and their unit tests, which are for {@code promtool}. */
class AlertsTest {
    private static final Path RULES = Chart.FOLDER.resolve("files/alerts.yaml");
    private static final Path UNIT_TESTS = Path.of("src", "test", "prometheus", "alerts-test.yaml");
    private static final Path RUNBOOK = Path.of("docs", "operate", "troubleshooting.md");
    private static final int TIMEOUT_SECONDS = 60;

    /** A duration of Prometheus, such as 1d12h or 5m. */
    private static final Pattern DURATION = Pattern.compile("(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?");

    @Test
    void everyAlertHasSeverityTextsAndSectionOfRunbook() {
        assertThat(alerts()).isNotEmpty().allSatisfy(alert -> {
            var name = alert.path("alert").asText();
            assertThat(alert.at("/labels/severity").asText()).as(name).isIn("critical", "warning", "info");
            assertThat(alert.at("/annotations/summary").asText()).as(name).endsWith(".");
            assertThat(alert.at("/annotations/description").asText()).as(name).endsWith(".");
            assertThat(alert.at("/annotations/runbook_url").asText())
                    .isEqualTo("docs/operate/troubleshooting.md#" + name.toLowerCase(Locale.ROOT));
        });
    }

    @Test
    void runbookHasSectionForExactlyAllAlerts() {
        assertThat(DocumentationFiles.anchors(RUNBOOK))
                .filteredOn(anchor -> anchor.startsWith("evs"))
                .containsExactlyInAnyOrderElementsOf(
                        names().map(name -> name.toLowerCase(Locale.ROOT)).toList());
    }

    @Test
    void namesAreUnique() {
        assertThat(names()).doesNotHaveDuplicates();
    }

    @Test
    void everyExpressionNamesOnlyDocumentedMeters() {
        assertThat(alerts()).allSatisfy(alert -> assertThat(
                        DocumentedMeters.undocumented(alert.path("expr").asText()))
                .as(alert.path("alert").asText())
                .isEmpty());
    }

    @Test
    void unitTestsShowThatEveryAlertFiresAndClears() {
        var groups = elements(Chart.tree(UNIT_TESTS).path("tests")).toList();

        assertThat(names())
                .allSatisfy(name -> assertThat(groups).as(name).anyMatch(group -> firesAndClears(group, name)));
    }

    @Test
    void passesUnitTestsOfPromtool(@TempDir Path folder) throws Exception {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(entry -> Files.isExecutable(Path.of(entry, "promtool"))),
                "promtool is not on the PATH, so the unit tests of the alert rules are skipped");
        var output = folder.resolve("output");

        var promtool = new ProcessBuilder("promtool", "test", "rules", UNIT_TESTS.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        var ended = promtool.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        promtool.destroyForcibly();

        assertThat(ended).as("promtool ends").isTrue();
        assertThat(promtool.exitValue()).as(Files.readString(output)).isZero();
    }

    /** Returns whether a test of the group expects the alert, and a later one expects it no longer. */
    private static boolean firesAndClears(JsonNode group, String alert) {
        var tests = elements(group.path("alert_rule_test"))
                .filter(test -> test.path("alertname").asText().equals(alert))
                .toList();
        return tests.stream().filter(test -> !test.path("exp_alerts").isEmpty()).anyMatch(fires -> tests.stream()
                .filter(test -> test.path("exp_alerts").isEmpty())
                .anyMatch(clears -> time(clears).compareTo(time(fires)) > 0));
    }

    private static Duration time(JsonNode test) {
        var text = test.path("eval_time").asText();
        var parts = DURATION.matcher(text);
        if (text.isEmpty() || !parts.matches()) {
            throw new IllegalArgumentException("not a duration in days, hours and minutes: " + text);
        }
        return Duration.ofDays(number(parts.group(1)))
                .plusHours(number(parts.group(2)))
                .plusMinutes(number(parts.group(3)));
    }

    private static long number(String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static Stream<String> names() {
        return alerts().stream().map(alert -> alert.path("alert").asText());
    }

    private static List<JsonNode> alerts() {
        return elements(Chart.tree(RULES).path("groups"))
                .flatMap(group -> elements(group.path("rules")))
                .toList();
    }

    private static Stream<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }
}
