/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import io.snapshotoperator.evs.bench.Timeline.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the samples of a benchmark as SVG files. */
final class Plots {
    private Plots() {}

    /** Writes {@code ready.svg}, {@code calls.svg} and {@code memory.svg}. */
    static void write(BenchmarkReport report, Path folder) throws IOException {
        Files.createDirectories(folder);
        var samples = report.timeline();
        plot(folder, "ready", "requests that are ready", samples, Sample::ready);
        plot(folder, "memory", "resident memory of the operator (MB)", samples, sample -> sample.residentBytes() / 1e6);
        plot(folder, "calls", "calls to the cloud per second", samples, callsPerSecond(samples));
    }

    /**
     * Writes {@code waiting.svg} and {@code memory-by-requests.svg}, if there are several reports.
     *
     * @param reports of different numbers of requests
     */
    static void writeComparison(List<BenchmarkReport> reports, Path folder) throws IOException {
        if (reports.size() < 2) {
            return;
        }
        var memory = comparison("peak of the resident memory of the operator (MB)");
        add(memory, "operator", reports, report -> report.peakBytes() / 1e6);
        save(memory, folder, "memory-by-requests");

        var waiting = reports.stream()
                .filter(report -> report.callsPerSecondWhileWaiting().isPresent())
                .toList();
        if (waiting.isEmpty()) {
            return;
        }
        var calls = comparison("calls to the cloud per second while all requests wait");
        add(calls, "operator, measured", waiting, report -> report.callsPerSecondWhileWaiting()
                .orElseThrow());
        add(
                calls,
                "one read per request and poll interval, computed",
                waiting,
                BenchmarkReport::readsPerSecondPerObject);
        calls.getStyler().setYAxisLogarithmic(true).setLegendVisible(true);
        save(calls, folder, "waiting");
    }

    private static XYChart comparison(String title) {
        var chart = chart(title, "requests");
        chart.getStyler().setXAxisLogarithmic(true);
        return chart;
    }

    private static void add(
            XYChart chart, String name, List<BenchmarkReport> reports, ToDoubleFunction<BenchmarkReport> value) {
        chart.addSeries(
                name,
                reports.stream()
                        .mapToDouble(report -> report.settings().requests())
                        .toArray(),
                reports.stream().mapToDouble(value).toArray());
    }

    /** The calls since the sample before, because the simulator counts all since its start. */
    private static ToDoubleFunction<Sample> callsPerSecond(List<Sample> samples) {
        return sample -> {
            var index = samples.indexOf(sample);
            if (index == 0) {
                return 0;
            }
            var before = samples.get(index - 1);
            var seconds = sample.at().minus(before.at()).toMillis() / 1000.0;
            return (sample.cloudCalls() - before.cloudCalls()) / seconds;
        };
    }

    private static void plot(
            Path folder, String name, String title, List<Sample> samples, ToDoubleFunction<Sample> value)
            throws IOException {
        var chart = chart(title, "seconds after the first request was applied");
        chart.getStyler().setYAxisMin(0.0);
        chart.addSeries(
                        title,
                        samples.stream()
                                .mapToDouble(sample -> sample.at().toMillis() / 1000.0)
                                .toArray(),
                        IntStream.range(0, samples.size())
                                .mapToDouble(index -> value.applyAsDouble(samples.get(index)))
                                .toArray())
                .setMarker(SeriesMarkers.NONE);
        save(chart, folder, name);
    }

    private static XYChart chart(String title, String xAxis) {
        var chart = new XYChartBuilder()
                .width(640)
                .height(320)
                .title(title)
                .xAxisTitle(xAxis)
                .build();
        chart.getStyler().setLegendVisible(false).setLegendPosition(LegendPosition.InsideNW);
        return chart;
    }

    private static void save(XYChart chart, Path folder, String name) throws IOException {
        VectorGraphicsEncoder.saveVectorGraphic(chart, folder.resolve(name).toString(), VectorGraphicsFormat.SVG);
    }
}
