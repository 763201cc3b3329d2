/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Keeps {@code deploy/} and the chart equal; under the profile {@code deploy} it writes the file first. */
class DeployDriftTest {
    private static final Path FOLDER = Path.of("deploy", "operator");
    private static final Path FILE = FOLDER.resolve("operator.yaml");
    private static final Pattern HELM_LINES =
            Pattern.compile("(?m)^(# Source: .*| *helm\\.sh/chart: .*| *app\\.kubernetes\\.io/managed-by: Helm)\\R");

    @Test
    void committedManifestMatchesChart() throws IOException {
        var generated = generated();
        if (Boolean.getBoolean("deploy.write")) {
            Files.writeString(FILE, generated);
        }
        assertThat(FILE).as("To regenerate it: mvn -Pdeploy test").exists().hasContent(generated);
    }

    @Test
    void containsWhatOverlayOfReadmeReplaces() throws IOException {
        assertThat(generated())
                .contains("image: \"evs-snapshot-operator:")
                .containsPattern("env:\\s+- name: EVS_CONNECTION_REGION\\s+value: \"eu-de\"");
    }

    private static String generated() throws IOException {
        var rendered = Chart.render(
                "evs-snapshot-operator", "evs-snapshot-operator", Files.readString(FOLDER.resolve("values.yaml")));
        return "# Generated from the chart with values.yaml; do not edit. To regenerate it: mvn -Pdeploy test\n"
                + "# SPDX-License-Identifier: Apache-2.0\n"
                + HELM_LINES
                        .matcher(rendered)
                        .replaceAll("")
                        .replaceAll("(?m)[ ]+$", "")
                        .replaceAll("\\n\\n+", "\n")
                        .strip()
                + "\n";
    }
}
