/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.crd;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.testing.RealApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that every supported API server accepts each file of {@code deploy/samples} unchanged. */
@ParameterizedClass(name = "kube-apiserver {0}")
@ValueSource(strings = {RealApiServer.NEWEST, RealApiServer.OLDEST})
class SamplesIT {

    @Parameter
    String version;

    @TestFactory
    Stream<DynamicTest> acceptsEverySample() throws IOException {
        var server = RealApiServer.shared(version);
        try (var files = Files.list(Path.of("deploy", "samples"))) {
            return files
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                        var created = server.kubectl(
                                "create", "--dry-run=server", "--validate=strict", "-f", file.toString());

                        assertThat(created.err()).isEmpty();
                        assertThat(created.exit()).isZero();
                    }))
                    .toList()
                    .stream();
        }
    }
}
