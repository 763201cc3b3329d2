/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entry point of {@code mvn -Pbench}. It asserts no time, because a time depends on the machine. */
class BenchmarkIT {
    private static final Path FOLDER = Path.of("target", "benchmark");

    @Test
    void printsWhatEachSnapshotCosts(@TempDir Path folder) throws Exception {
        var report = Benchmark.run(BenchmarkSettings.ofSystemProperties(), folder);
        System.out.println(report.table());
        Plots.write(report, FOLDER);
        Files.writeString(
                FOLDER.resolve("result.json"),
                JsonMapper.builder()
                        .addModule(new JavaTimeModule())
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                        .build()
                        .writeValueAsString(report));
        System.out.println("The same figures and the plots are in " + FOLDER + ".");
        assertThat(report.phases()).hasSize(3).allSatisfy(phase -> assertThat(phase.stuck())
                .as("requests that did not reach the end of the phase '%s'", phase.name())
                .isZero());
    }
}
