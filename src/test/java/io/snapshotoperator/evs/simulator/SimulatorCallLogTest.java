/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Covers the call log and the changes by tests, in the process and over the control API. */
class SimulatorCallLogTest {

    private static final String BODY =
            "{\"snapshot\":{\"volume_id\":\"v-1\",\"force\":true,\"metadata\":{\"evs-snapshot-operator.uid\":\"%s\"}}}";

    private final EvsSimulator simulator = EvsSimulator.start(SimulatorSettings.builder()
            .steppedFrom(Instant.parse("2026-03-01T12:00:00Z"))
            .volume(Volume.inUse("v-1"))
            .build());
    private final Caller caller = new Caller(simulator).loggedIn();

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void recordsRequestResultAndEffectOfEachCall() {
        var id =
                caller.evs("POST", "", BODY.formatted("u-1")).at("/snapshot/id").asText();
        caller.evs("GET", "/" + id + "?x=y");
        caller.evs("POST", "", "{\"snapshot\":{\"volume_id\":\"v-9\"}}");
        var calls = simulator.callLog().calls();
        assertThat(calls).extracting(CallLogEntry::sequence).containsExactly(1L, 2L, 3L, 4L);
        assertThat(calls)
                .extracting(CallLogEntry::operation)
                .containsExactly(Operation.LOGIN, Operation.CREATE, Operation.GET, Operation.CREATE);
        var create = calls.get(1);
        assertThat(create.body()).contains(BODY.formatted("u-1"));
        assertThat(create.metadata()).containsEntry("evs-snapshot-operator.uid", "u-1");
        assertThat(create.volumeId()).contains("v-1");
        assertThat(create.snapshotId()).contains(id);
        assertThat(create.user()).isEqualTo("simulated-user");
        assertThat(calls.get(2).path()).endsWith("/cloudsnapshots/" + id + "?x=y");
        assertThat(calls.get(3).status()).isEqualTo(404);
        assertThat(calls.get(3).acted()).isFalse();
        assertThat(simulator.callLog().createsActedOn()).hasSize(1);
    }

    @Test
    void recordsVolumeSnapshotAndJobOfVolumeCalls() {
        var snapshot = simulator.snapshots().addForeign("v-1", "s", Map.of()).id();
        var body = "{\"volume\":{\"snapshot_id\":\"%s\",\"size\":40,\"availability_zone\":\"eu-de-01\","
                + "\"volume_type\":\"SSD\",\"metadata\":{\"uid\":\"u-1\"}}}";
        var job = caller.below("POST", "/cloudvolumes", body.formatted(snapshot))
                .at("/job_id")
                .asText();
        simulator.clock().advance(Duration.ofSeconds(10));
        caller.send("GET", "/v1/0c2eba2c5af04d3f9e9d0d410b371fde/jobs/" + job);
        var volume = simulator.volumes().livingBy("uid").get("u-1").get(0);
        caller.below("DELETE", "/cloudvolumes/" + volume.id());
        var calls = simulator.callLog().calls(entry -> entry.jobId().isPresent());
        assertThat(calls)
                .extracting(CallLogEntry::operation)
                .containsExactly(Operation.DISK_CREATE, Operation.JOB_GET, Operation.DISK_DELETE);
        assertThat(calls).allSatisfy(entry -> assertThat(entry.volumeId()).contains(volume.id()));
        assertThat(calls.get(0).snapshotId()).contains(snapshot);
        assertThat(calls.get(0).jobId()).contains(job);
        assertThat(calls.get(0).body()).contains(body.formatted(snapshot));
        assertThat(simulator.callLog().actedOnBy(Operation.DISK_CREATE, "uid").get("u-1"))
                .hasSize(1);
        assertThat(simulator.callLog().createsActedOn()).isEmpty();
        var summary = caller.send("GET", "/simulator/summary?by=uid");
        assertThat(summary.at("/diskCreatesActedOn").asInt()).isEqualTo(1);
        assertThat(summary.at("/groups/u-1/livingDisks").asInt()).isEqualTo(1);
        var logged = caller.send("GET", "/simulator/ledger?operation=DISK_CREATE&acted=true");
        assertThat(logged.at("/calls/0/jobId").asText()).isEqualTo(job);
    }

    @Test
    void readsVolumesAndForgetsJobsOverHttp() {
        var id = caller.below(
                        "POST", "/volumes", "{\"volume\":{\"size\":10,\"name\":\"n\",\"metadata\":{\"a\":\"b\"}}}")
                .at("/volume/id")
                .asText();
        caller.send("PUT", "/simulator/disks/" + id, "{\"status\":\"error\",\"snapshotId\":\"s-9\"}");
        var disks = caller.send("GET", "/simulator/disks?project=0c2eba2c5af04d3f9e9d0d410b371fde");
        var disk = disks.at("/disks/1");
        assertThat(disk.get("id").asText()).isEqualTo(id);
        assertThat(disk.get("status").asText()).isEqualTo("error");
        assertThat(disk.get("name").asText()).isEqualTo("n");
        assertThat(disk.get("snapshotId").asText()).isEqualTo("s-9");
        assertThat(disk.at("/metadata/a").asText()).isEqualTo("b");
        assertThat(caller.send("GET", "/simulator/disks?project=other").at("/disks"))
                .isEmpty();
        var job = caller.below("DELETE", "/cloudvolumes/" + id).at("/job_id").asText();
        assertThat(caller.send("GET", "/simulator/jobs").at("/jobs/0/job_id").asText())
                .isEqualTo(job);
        assertThat(caller.send("DELETE", "/simulator/jobs?id=" + job).status()).isEqualTo(204);
        assertThat(caller.send("GET", "/simulator/jobs").at("/jobs")).isEmpty();
    }

    @Test
    void countsCallsPerPeriod() {
        for (var n = 0; n < 4; n++) {
            caller.evs("GET", "/detail");
            simulator.clock().advance(Duration.ofMillis(400));
        }
        var callLog = simulator.callLog();
        assertThat(callLog.maxCallsWithin(Duration.ofSeconds(1), entry -> entry.operation() == Operation.LIST))
                .isEqualTo(3);
        var noon = Instant.parse("2026-03-01T12:00:00Z");
        assertThat(callLog.countBetween(noon.plusMillis(400), noon.plusMillis(1200)))
                .isEqualTo(2);
        assertThat(callLog.counts()).containsEntry(Operation.LIST, 4L).containsEntry(Operation.LOGIN, 1L);
    }

    @Test
    void returnsCallLogAndSummaryOverHttp() {
        caller.evs("POST", "", BODY.formatted("u-1"));
        caller.evs("POST", "", BODY.formatted("u-1"));
        caller.evs("POST", "", BODY.formatted("u-2"));
        caller.evs("POST", "", "{}");
        var summary = caller.send("GET", "/simulator/summary");
        assertThat(summary.at("/creates").asInt()).isEqualTo(4);
        assertThat(summary.at("/createsActedOn").asInt()).isEqualTo(3);
        assertThat(summary.at("/living").asInt()).isEqualTo(3);
        assertThat(summary.at("/groups/u-1/createsActedOn").asInt()).isEqualTo(2);
        assertThat(summary.at("/groups/u-2/living").asInt()).isEqualTo(1);
        assertThat(summary.at("/livingByStatus/creating").asInt()).isEqualTo(3);
        var creates = caller.send("GET", "/simulator/ledger?operation=CREATE&acted=true");
        assertThat(creates.at("/calls")).hasSize(3);
        assertThat(caller.send("GET", "/simulator/ledger?operation=NONSENSE").status())
                .isEqualTo(400);
        assertThat(simulator.callLog().calls()).noneMatch(entry -> entry.path().startsWith("/simulator"));
    }

    @Test
    void setsFaultsAndTimeOverHttp() {
        var posted = caller.send(
                "POST",
                "/simulator/faults",
                "{\"fault\":\"SERVER_ERROR\",\"operations\":[\"CREATE\"],\"times\":-1,\"status\":503}");
        assertThat(posted.status()).isEqualTo(201);
        assertThat(caller.create("v-1").status()).isEqualTo(503);
        var faults = caller.send("GET", "/simulator/faults");
        assertThat(faults.at("/faults/0/fired").asInt()).isEqualTo(1);
        assertThat(caller.send("DELETE", "/simulator/faults/" + posted.at("/id"))
                        .status())
                .isEqualTo(204);
        var id = caller.created("v-1");
        caller.send("POST", "/simulator/clock", "{\"advance\":\"10s\"}");
        assertThat(caller.evs("GET", "/" + id).at("/snapshot/status").asText()).isEqualTo("available");
        assertThat(caller.send("POST", "/simulator/faults", "{\"fault\":\"NONE\"}")
                        .status())
                .isEqualTo(400);
        assertThat(caller.send("POST", "/simulator/faults", "{\"fault\":\"QUOTA\",\"typo\":1}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void changesVolumesAndSnapshotsOverHttp() {
        caller.send("POST", "/simulator/disks", "{\"id\":\"v-2\",\"size\":7,\"status\":\"available\"}");
        caller.send("PUT", "/simulator/disks/v-2", "{\"status\":\"error\"}");
        assertThat(caller.below("GET", "/volumes/v-2").at("/volume/status").asText())
                .isEqualTo("error");
        var foreign = caller.send(
                        "POST",
                        "/simulator/snapshots",
                        "{\"volumeId\":\"v-1\",\"name\":\"autobk_snapshot_1\",\"metadata\":{\"a\":\"b\"}}")
                .at("/id")
                .asText();
        var own = caller.created("v-1");
        caller.send(
                "PUT",
                "/simulator/snapshots/" + own,
                "{\"status\":\"odd\",\"name\":\"renamed\",\"copyMetadataFrom\":\"" + foreign + "\"}");
        var changed = caller.evs("GET", "/" + own).at("/snapshot");
        assertThat(changed.get("status").asText()).isEqualTo("odd");
        assertThat(changed.get("name").asText()).isEqualTo("renamed");
        assertThat(changed.at("/metadata/a").asText()).isEqualTo("b");
        assertThat(caller.send("DELETE", "/simulator/snapshots/" + own).status())
                .isEqualTo(204);
        assertThat(caller.send("DELETE", "/simulator/snapshots/" + own).status())
                .isEqualTo(404);
        caller.send("DELETE", "/simulator/disks/v-1");
        assertThat(simulator.snapshots().living()).isEmpty();
    }

    @Test
    void changesSnapshotsOutsideTheApi() {
        var id =
                caller.evs("POST", "", BODY.formatted("u-1")).at("/snapshot/id").asText();
        var snapshots = simulator.snapshots();
        snapshots.setStatus(id, "backing-up");
        simulator.clock().advance(Duration.ofSeconds(30));
        assertThat(snapshots.find(id).orElseThrow().status()).isEqualTo("backing-up");
        var copy = snapshots.addForeign("v-1", "copy", Map.of()).id();
        snapshots.copyMetadata(id, copy);
        assertThat(snapshots.livingBy("evs-snapshot-operator.uid").get("u-1")).hasSize(2);
        snapshots.stripMetadata(id, "evs-snapshot-operator.");
        assertThat(snapshots.livingBy("evs-snapshot-operator.uid").get("u-1")).hasSize(1);
        snapshots.remove(id);
        assertThat(caller.evs("GET", "/" + id).status()).isEqualTo(404);
        assertThatThrownBy(() -> snapshots.setStatus(id, "error")).isInstanceOf(NoSuchElementException.class);
    }
}
