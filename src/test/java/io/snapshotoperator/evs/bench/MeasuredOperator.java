/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.bench;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.snapshotoperator.evs.image.ImageProgram;
import io.snapshotoperator.evs.testing.MemoryLimit;
import io.snapshotoperator.evs.testing.OperatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts the operator as its image does, with the options of the chart, within a memory limit. */
final class MeasuredOperator {
    /** How the audit log names it. */
    static final String AGENT = "operator-under-test";

    private MeasuredOperator() {}

    static OperatorProcess start(
            ImageProgram program,
            MemoryLimit limit,
            Path kubeconfig,
            Map<String, String> settings,
            List<String> moreOptions) {
        var command = new ArrayList<String>();
        command.add(program.java().toString());
        command.addAll(limit.javaOptions());
        command.addAll(List.of(chartJavaOptions().split(" ")));
        command.addAll(moreOptions);
        command.addAll(program.arguments());
        var operator = OperatorProcess.command("bench", Path.of("/bin/sh"), limit.wrap(command));
        program.environment().forEach(operator::environment);
        return operator.workingDirectory(program.folder())
                .kubeconfig(kubeconfig)
                .settings(settings)
                .environment("KUBERNETES_USER_AGENT", AGENT)
                .start();
    }

    private static String chartJavaOptions() {
        try {
            return new YAMLMapper()
                    .readTree(Path.of("helm", "evs-snapshot-operator", "values.yaml")
                            .toFile())
                    .at("/javaOptions")
                    .asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
