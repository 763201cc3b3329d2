/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** The panels of the dashboard of the chart, with their queries evaluated. */
record DashboardPanels(List<Panel> panels) {
    private static final Path DASHBOARD = Path.of("helm", "evs-snapshot-operator", "files", "dashboard.json");
    private static final Pattern LABEL = Pattern.compile("\\{\\{\\s*(\\w+)\\s*}}");

    /** @param unit of the values, in words; empty for a number */
    record Panel(String title, String unit, List<Line> lines) {}

    /** One time series. The times are seconds after the beginning. */
    record Line(String name, List<Double> times, List<Double> values) {}

    /** Evaluates the queries of all panels, as Grafana does if the namespace is "All". */
    static DashboardPanels evaluate(
            PrometheusServer prometheus, Instant from, Instant to, Duration step, Duration rateInterval)
            throws IOException {
        var panels = new ArrayList<Panel>();
        for (var panel : new ObjectMapper().readTree(DASHBOARD.toFile()).path("panels")) {
            var lines = new ArrayList<Line>();
            for (var target : panel.path("targets")) {
                var query = target.path("expr")
                        .asText()
                        .replace("$namespace", ".*")
                        .replace("$__rate_interval", rateInterval.toSeconds() + "s");
                for (var series : prometheus.queryRange(query, from, to, step)) {
                    lines.add(line(target.path("legendFormat").asText(), series, from));
                }
            }
            panels.add(new Panel(
                    panel.path("title").asText(),
                    unit(panel.at("/fieldConfig/defaults/unit").asText()),
                    lines));
        }
        return new DashboardPanels(panels);
    }

    private static Line line(String legend, JsonNode series, Instant from) {
        var name = LABEL.matcher(legend)
                .replaceAll(label -> series.path("metric").path(label.group(1)).asText());
        var values = StreamSupport.stream(series.path("values").spliterator(), false)
                // A quotient of two rates without calls is no number, and Grafana leaves it out.
                .filter(value ->
                        Double.isFinite(Double.parseDouble(value.path(1).asText())))
                .toList();
        return new Line(
                name,
                values.stream()
                        .map(value -> value.path(0).asDouble() - from.getEpochSecond())
                        .toList(),
                values.stream()
                        .map(value -> Double.parseDouble(value.path(1).asText()))
                        .toList());
    }

    private static String unit(String ofGrafana) {
        return switch (ofGrafana) {
            case "reqps" -> "per second";
            case "s" -> "seconds";
            case "percentunit" -> "share of the time";
            case "short" -> "";
            default -> throw new IllegalStateException("no words for the unit " + ofGrafana);
        };
    }
}
