/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.snapshotoperator.evs.image.ImageProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entry point of {@code mvn -Pbench}. It asserts no time, because a time depends on the machine. */
class BenchmarkIT {
    private static final Path FOLDER = Path.of("target", "benchmark");

    @Test
    void printsWhatEachSnapshotCosts(@TempDir Path folder) throws Exception {
        var all = BenchmarkSettings.ofSystemProperties();
        var program = ImageProgram.prepare(all.get(0).jdk());
        var reports = new ArrayList<BenchmarkReport>();
        for (var settings : all) {
            Files.createDirectories(folderOf(settings));
            var report = Benchmark.run(
                    settings, program, Files.createDirectory(folder.resolve(Integer.toString(reports.size()))));
            System.out.println(report.table());
            write(report);
            reports.add(report);
        }
        Plots.writeComparison(reports, FOLDER);
        System.out.println("The same figures and the plots are in " + FOLDER + ".");
        assertThat(reports).allSatisfy(report -> assertThat(report.phases())
                .hasSizeGreaterThan(1)
                .allSatisfy(phase -> assertThat(phase.stuck())
                        .as("requests that did not reach the end of the phase '%s'", phase.name())
                        .isZero()));
    }

    /** The results of one number of requests. */
    static Path folderOf(BenchmarkSettings settings) {
        return FOLDER.resolve(Integer.toString(settings.requests()));
    }

    private static void write(BenchmarkReport report) throws IOException {
        var results = folderOf(report.settings());
        Plots.write(report, results);
        Files.writeString(
                results.resolve("result.json"),
                JsonMapper.builder()
                        .addModule(new JavaTimeModule())
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                        .build()
                        .writeValueAsString(report));
    }
}
