/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.app;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotScheduleSpec;
import io.snapshotoperator.evs.controller.schedule.ScheduleSpecMapper;
import io.snapshotoperator.evs.schedule.DesiredSchedule;
import io.snapshotoperator.evs.schedule.RetentionPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a schedule would create, keep and delete. It reads one file, and needs neither a cluster nor a cloud. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description =
                "Shows the slots of a schedule, and what its retention policy keeps and deletes. Needs no cluster.")
public final class PlanCommand implements Callable<Integer> {
    private static final int MAX_DAYS = 3660;

    /** The records ignore unknown fields, because the operator also reads objects of later versions. */
    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public JsonIgnoreProperties.Value findPropertyIgnoralByName(
                        MapperConfig<?> config, Annotated annotated) {
                    return JsonIgnoreProperties.Value.empty();
                }
            });

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            description = "A manifest of a VolumeSnapshotSchedule, YAML or JSON. - reads standard input.")
    private String file;

    @Option(
            names = "--from",
            paramLabel = "DATE",
            description = "The first day (UTC), such as 2026-11-27. Default: today.")
    private LocalDate from;

    @Option(names = "--days", defaultValue = "60", description = "The number of days. Default: 60.")
    private int days;

    @Option(
            names = "--snapshots-per-volume",
            defaultValue = "7",
            description = "How many snapshots of one volume the cloud accepts. Default: 7.")
    private int snapshotsPerVolume;

    @Override
    public Integer call() {
        if (days < 1 || days > MAX_DAYS || snapshotsPerVolume < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--days must be 1 to " + MAX_DAYS + ", and --snapshots-per-volume must be at least 1.");
        }
        DesiredSchedule desired;
        try {
            desired = ScheduleSpecMapper.desired(read(), snapshotsPerVolume);
        } catch (IllegalArgumentException invalid) {
            spec.commandLine().getErr().println(invalid.getMessage());
            spec.commandLine().getErr().flush();
            return ExitCode.MISCONFIGURED;
        }
        var begin = (from == null ? LocalDate.now(ZoneOffset.UTC) : from)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
        var plan = new RetentionPlan(desired, begin, begin.plus(Duration.ofDays(days)));
        var out = spec.commandLine().getOut();
        out.print(plan.text());
        out.flush();
        return plan.fits() ? ExitCode.OK : ExitCode.PLAN_EXCEEDS_LIMIT;
    }

    /** Reads strictly, because a misspelled field would otherwise be left out of the plan without a word. */
    private VolumeSnapshotScheduleSpec read() {
        try {
            var text = file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
            var tree = new ObjectMapper(new YAMLFactory()).readTree(text);
            if (tree == null
                    || !"VolumeSnapshotSchedule".equals(tree.path("kind").asText())) {
                throw new IllegalArgumentException(file + " is not the manifest of a VolumeSnapshotSchedule.");
            }
            return STRICT.treeToValue(tree.path("spec"), VolumeSnapshotScheduleSpec.class);
        } catch (JacksonException invalid) {
            throw new IllegalArgumentException(file + " cannot be read: " + invalid.getOriginalMessage(), invalid);
        } catch (IOException failed) {
            throw new IllegalArgumentException(file + " cannot be read: " + failed.getMessage(), failed);
        }
    }
}
