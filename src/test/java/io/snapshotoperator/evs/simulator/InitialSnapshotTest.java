/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParameterException;

/** Covers the flags that define the snapshots and faults at the start. */
class InitialSnapshotTest {

    @Test
    void existsAtStartWithGivenId() {
        var settings = SimulatorCommand.settingsOf(
                "--port=0", "--disk=v-1,size=7", "--snapshot=s-1,disk=v-1,name=golden", "--snapshot=s-2,disk=v-2");
        assertThat(settings.snapshots())
                .containsExactly(
                        new InitialSnapshot("s-1", "v-1", Optional.of("golden"), "available"),
                        new InitialSnapshot("s-2", "v-2", Optional.empty(), "available"));

        try (var simulator = EvsSimulator.start(settings)) {
            assertThat(simulator.snapshots().find("s-1")).hasValueSatisfying(snapshot -> {
                assertThat(snapshot.volumeId()).isEqualTo("v-1");
                assertThat(snapshot.name()).isEqualTo("golden");
                assertThat(snapshot.sizeGib()).isEqualTo(7);
                assertThat(snapshot.metadata()).isEmpty();
            });
            assertThat(simulator.snapshots().find("s-2")).isPresent();
            assertThat(simulator.callLog().calls()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"s-1", "s-1,name=golden", "s-1,disk=v-1,color=red", "s-1,disk"})
    void rejectsInvalidSnapshotFlag(String text) {
        assertThatThrownBy(() -> SimulatorCommand.settingsOf("--snapshot=" + text))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("A snapshot");
    }

    @Test
    void limitsFaultOfVolumeToGivenCount() {
        var settings = SimulatorCommand.settingsOf("--disk=v-1,fault=snapshot-ends-in-error:2");
        assertThat(settings.faults())
                .containsExactly(
                        FaultRule.times(Fault.SNAPSHOT_ENDS_IN_ERROR, 2).ofVolume("v-1"));
    }
}
