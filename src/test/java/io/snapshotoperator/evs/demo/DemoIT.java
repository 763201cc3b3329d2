/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.testing.Cluster;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DemoIT {

    @Test
    void endsAllSamplesAsExpectedOnEmbeddedApi() {
        var bytes = new ByteArrayOutputStream();
        try (var cluster = Cluster.embedded();
                var out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            var findings = Demo.play(out, cluster, false, System.nanoTime());

            assertThat(findings).as(bytes.toString(StandardCharsets.UTF_8)).isEmpty();
        }
    }
}
