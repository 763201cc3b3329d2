/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.schedule.VolumeSnapshotSchedule;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.controller.schedule.ScheduleSpecMapper;
import io.snapshotoperator.evs.demo.Expectation.Gone;
import io.snapshotoperator.evs.demo.Expectation.NotReady;
import io.snapshotoperator.evs.demo.Expectation.Ready;
import io.snapshotoperator.evs.docs.DocumentationFiles;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.schedule.RetentionPlan;
import io.snapshotoperator.evs.schedule.ScheduleReason;
import io.snapshotoperator.evs.simulator.SimulatorCommand;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleTest {

    @TempDir
    Path folder;

    @Test
    void readsExpectationFromFirstLine() {
        assertThat(Expectation.of("Ready")).isEqualTo(new Ready());
        assertThat(Expectation.of("Gone")).isEqualTo(new Gone());
        assertThat(Expectation.of("VolumeAttached")).isEqualTo(new NotReady(CommonReason.VolumeAttached));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ready", "SnapshotAvailable", "Broken", ""})
    void rejectsUnknownExpectation(String word) {
        assertThatThrownBy(() -> Expectation.of(word)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void startsWithExampleOfApiReference() {
        var first = Sample.all().get(0);

        assertThat(first.name()).isEqualTo("snap-001");
        assertThat(first.expectation()).isEqualTo(new Ready());
        assertThat(first.request().getSpec().description()).isEqualTo("Daily backup");
        assertThat(first.request().getSpec().force()).isFalse();
        assertThat(first.request().getSpec().metadata()).isNotEmpty();
    }

    @Test
    void givesSimulatorWhatSamplesNeed() {
        var flags = Sample.all().stream()
                .flatMap(other -> other.simulatorFlags().stream())
                .toArray(String[]::new);
        var cloud = SimulatorCommand.settingsOf(flags);

        for (var sample : Sample.all()) {
            var source = sample.request().getSpec().source();
            var missing = sample.expectation().equals(new NotReady(CommonReason.VolumeNotFound));
            if (source.volumeId() != null) {
                assertThat(cloud.volumes().stream()
                                .anyMatch(volume -> volume.id().equals(source.volumeId())))
                        .as("volume of %s", sample.file())
                        .isNotEqualTo(missing);
            }
            if (source.snapshotId() != null) {
                assertThat(cloud.snapshots())
                        .as("snapshot of %s", sample.file())
                        .anyMatch(initial -> initial.id().equals(source.snapshotId()));
            }
        }
    }

    @Test
    void areListedInReadmeWithTheirEnd() {
        var rows = DocumentationFiles.rows(Path.of("deploy", "samples", "README.md"));

        assertThat(rows)
                .extracting(row -> List.of(
                        row.name(),
                        row.cells().get(0).replace("`", ""),
                        row.cells().get(2).replace("`", "")))
                .isEqualTo(Sample.all().stream()
                        .map(sample -> List.of(
                                sample.file().getFileName().toString(),
                                sample.name(),
                                lastReason(sample.expectation())))
                        .toList());
    }

    private static String lastReason(Expectation expectation) {
        if (expectation instanceof NotReady end) {
            return end.reason().name();
        }
        return expectation instanceof Ready ? SnapshotReason.SnapshotAvailable.name() : "the request is gone";
    }

    @Test
    void usesEachNameAndVolumeOnce() {
        var samples = Sample.all();

        assertThat(samples).extracting(Sample::name).doesNotHaveDuplicates();
        assertThat(samples.stream()
                        .map(sample -> sample.request().getSpec().source().volumeId())
                        .filter(id -> id != null))
                .doesNotHaveDuplicates();
    }

    @Test
    void selectsClaimOfOtherSampleWithScheduleWhosePolicyFits() throws Exception {
        var file = Path.of("deploy", "samples", "10-schedule.yaml");
        var text = Files.readString(file);
        var spec = Serialization.unmarshal(text, VolumeSnapshotSchedule.class).getSpec();
        var plan = new RetentionPlan(
                ScheduleSpecMapper.desired(spec, 7),
                Instant.parse("2026-11-01T00:00:00Z"),
                Instant.parse("2027-11-01T00:00:00Z"));
        var pattern = spec.sources().get(0).persistentVolumeClaimNamePattern();

        assertThat(text).startsWith("# expect: " + ScheduleReason.ScheduleActive.name() + "\n");
        assertThat(plan.fits()).isTrue();
        assertThat(plan.text()).contains("At most 5 snapshots of the volume exist at the same time.");
        assertThat(Sample.all().stream().flatMap(sample -> sample.claims().stream()))
                .anyMatch(claim -> claim.getMetadata().getName().matches(pattern.replace("*", ".*")));
        assertThat(Files.readString(file.resolveSibling("README.md"))).contains("`10-schedule.yaml`");
    }

    @Test
    void restoresRequestOfOtherSample() throws Exception {
        var file = Path.of("deploy", "samples", "11-restore.yaml");
        var text = Files.readString(file);
        var spec = Serialization.unmarshal(text, VolumeSnapshotRestore.class).getSpec();

        assertThat(text).startsWith("# expect: " + RestoreReason.VolumeRestored.name() + "\n");
        assertThat(Sample.all())
                .filteredOn(sample -> sample.expectation().equals(new Ready()))
                .extracting(Sample::name)
                .contains(spec.requestRef().name());
        assertThat(Files.readString(file.resolveSibling("README.md"))).contains("`11-restore.yaml`");
    }

    @Test
    void rejectsFileWithoutExpectationInFirstLine() throws Exception {
        var valid = Files.readString(Path.of("deploy", "samples", "04-volume-not-found.yaml"));
        var file = Files.writeString(folder.resolve("late.yaml"), "\n" + valid);

        assertThatThrownBy(() -> Sample.in(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString());
    }
}
