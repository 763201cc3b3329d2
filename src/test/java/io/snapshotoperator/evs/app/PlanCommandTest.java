/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PlanCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int plan(String retention, String... options) throws IOException {
        return run("""
                apiVersion: evs.snapshot-operator.io/v1alpha1
                kind: VolumeSnapshotSchedule
                metadata: {name: nightly, namespace: shop}
                spec:
                  schedule: "30 2 * * *"
                  timeZone: Europe/Berlin
                  sources: [{persistentVolumeClaimName: data}]
                  retention: RETENTION
                """.replace("RETENTION", retention), options);
    }

    private int run(String manifest, String... options) throws IOException {
        var file = Files.writeString(folder.resolve("schedule.yaml"), manifest);
        var arguments = new ArrayList<>(List.of(options));
        arguments.add(file.toString());
        return new CommandLine(new PlanCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler(new CommandFailures())
                .execute(arguments.toArray(String[]::new));
    }

    @Test
    void showsWhatIsKeptAndDeletedDayByDay() throws IOException {
        var code = plan("{daily: 2}", "--from", "2026-10-24", "--days", "3");

        assertThat(code).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).isEqualTo("""
                Slots: 30 2 * * * Europe/Berlin
                Kept: daily 2, periods of Europe/Berlin, failed 1
                For one volume whose snapshots all succeed:

                SLOT (Europe/Berlin)            SLOT (UTC)            KEPT  DELETED
                Sat 2026-10-24 02:30 +02:00     2026-10-24T00:30:00Z     1
                Sun 2026-10-25 02:30 +02:00     2026-10-25T00:30:00Z     2
                Mon 2026-10-26 02:30 +01:00     2026-10-26T01:30:00Z     2  Sat 2026-10-24 02:30 +02:00

                Kept at the end:
                  Sun 2026-10-25 02:30 +02:00  daily
                  Mon 2026-10-26 02:30 +01:00  last good, daily

                At most 3 snapshots of the volume exist at the same time. The cloud accepts 7.
                """);
    }

    @Test
    void endsWithItsOwnCodeIfPolicyDoesNotFit() throws IOException {
        assertThat(plan("{daily: 7}")).isEqualTo(ExitCode.PLAN_EXCEEDS_LIMIT);
        assertThat(out.toString()).contains("It does not fit:", "which makes 8");
        assertThat(plan("{daily: 7}", "--snapshots-per-volume", "8")).isEqualTo(ExitCode.OK);
    }

    @Test
    void saysWhatIsWrongWithFile() throws IOException {
        assertThat(plan("{dayly: 7}")).isEqualTo(ExitCode.MISCONFIGURED);
        assertThat(err.toString()).contains("dayly");
        assertThat(run("kind: ConfigMap")).isEqualTo(ExitCode.MISCONFIGURED);
        assertThat(err.toString()).contains("not the manifest of a VolumeSnapshotSchedule");
        assertThat(run("kind: [")).isEqualTo(ExitCode.MISCONFIGURED);
        assertThat(plan("{daily: 7}", "--days", "0")).isEqualTo(ExitCode.MISCONFIGURED);
        Files.delete(folder.resolve("schedule.yaml"));
        assertThat(new CommandLine(new PlanCommand())
                        .setErr(new PrintWriter(err))
                        .setExecutionExceptionHandler(new CommandFailures())
                        .execute(folder.resolve("schedule.yaml").toString()))
                .isEqualTo(ExitCode.MISCONFIGURED);
    }
}
