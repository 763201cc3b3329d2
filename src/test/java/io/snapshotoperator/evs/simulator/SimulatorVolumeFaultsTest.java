/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Covers the effect of the faults on volumes and jobs. */
class SimulatorVolumeFaultsTest {

    private static final String PROJECT = "0c2eba2c5af04d3f9e9d0d410b371fde";
    private static final String BODY = """
            {"volume":{"name":"restored","size":40,"availability_zone":"eu-de-01","volume_type":"SSD",
            "snapshot_id":"s-1","metadata":{"uid":"u-1"}}}""";

    private final EvsSimulator simulator = EvsSimulator.start(SimulatorSettings.builder()
            .steppedFrom(Instant.parse("2026-03-01T12:00:00Z"))
            .volume(Volume.inUse("v-1"))
            .snapshot(InitialSnapshot.parse("s-1,disk=v-1"))
            .build());
    private final Caller caller = new Caller(simulator).loggedIn();

    @AfterEach
    void stop() {
        simulator.close();
    }

    private Caller.Response create() {
        return caller.below("POST", "/cloudvolumes", BODY);
    }

    private Caller.Response createInCinder() {
        return caller.below("POST", "/volumes", BODY);
    }

    private Caller.Response job(String id) {
        return caller.send("GET", "/v1/" + PROJECT + "/jobs/" + id);
    }

    private Volume onlyVolume() {
        assertThat(simulator.volumes().created()).hasSize(1);
        return simulator.volumes().created().get(0);
    }

    private CallLogEntry onlyCreate() {
        var creates = simulator.callLog().calls(Operation.DISK_CREATE);
        assertThat(creates).hasSize(1);
        return creates.get(0);
    }

    private JsonNode listed() {
        return caller.below("GET", "/cloudvolumes/detail?name=restored").json();
    }

    @ParameterizedTest
    @EnumSource(names = {"ANSWER_LOST_BEFORE_ACTING", "ANSWER_LOST_AFTER_ACTING", "CREATE_DELIVERED_LATE"})
    void closesConnectionWithoutResponse(Fault fault) {
        simulator.faults().once(fault, Operation.DISK_CREATE);
        assertThatThrownBy(this::create).isInstanceOf(UncheckedIOException.class);
        var acted = fault == Fault.ANSWER_LOST_AFTER_ACTING;
        assertThat(onlyCreate().status()).isZero();
        assertThat(onlyCreate().acted()).isEqualTo(acted);
        assertThat(onlyCreate().volumeId().isPresent()).isEqualTo(acted);
        assertThat(onlyCreate().jobId().isPresent()).isEqualTo(acted);
        assertThat(onlyCreate().snapshotId()).contains("s-1");
        assertThat(simulator.volumes().created()).hasSize(acted ? 1 : 0);
    }

    @Test
    void executesCreateAfterDelay() {
        simulator
                .faults()
                .add(FaultRule.once(Fault.CREATE_DELIVERED_LATE)
                        .on(Operation.DISK_CREATE)
                        .withDelay(Duration.ofSeconds(90)));
        assertThatThrownBy(this::create).isInstanceOf(UncheckedIOException.class);
        simulator.clock().advance(Duration.ofSeconds(89));
        assertThat(simulator.volumes().created()).isEmpty();
        simulator.clock().advance(Duration.ofSeconds(1));
        assertThat(onlyCreate().actedAt()).contains(Instant.parse("2026-03-01T12:01:30Z"));
        assertThat(onlyCreate().volumeId()).contains(onlyVolume().id());
        assertThat(onlyCreate().jobId()).contains(simulator.jobs().all().get(0).id());
        assertThat(onlyVolume().createdAt()).isEqualTo("2026-03-01T12:01:31Z");
    }

    @ParameterizedTest
    @EnumSource(names = {"THROTTLED_AFTER_ACTING", "SERVER_ERROR_AFTER_ACTING", "HTML_BODY_AFTER_ACTING"})
    void replacesResponseAfterActing(Fault fault) {
        simulator.faults().once(fault, Operation.DISK_CREATE);
        assertThat(create().body()).doesNotContain("job_id");
        assertThat(onlyCreate().jobId()).contains(simulator.jobs().all().get(0).id());
        assertThat(onlyVolume().metadata()).containsEntry("uid", "u-1");
    }

    @ParameterizedTest
    @EnumSource(names = {"THROTTLED", "SERVER_ERROR", "QUOTA", "REJECTED", "HTML_BODY", "API_NOT_PUBLISHED"})
    void rejectsWithoutActing(Fault fault) {
        simulator.faults().once(fault, Operation.DISK_CREATE);
        assertThat(create().status()).isGreaterThanOrEqualTo(400);
        assertThat(onlyCreate().acted()).isFalse();
        assertThat(simulator.volumes().created()).isEmpty();
        assertThat(simulator.jobs().all()).isEmpty();
    }

    @Test
    void returnsQuotaErrorsOfBothFamilies() {
        simulator.faults().add(FaultRule.times(Fault.QUOTA, 2).on(Operation.DISK_CREATE));
        assertThat(create().json())
                .hasToString("{\"error\":{\"message\":\"Insufficient volume quota.\",\"code\":\"EVS.5413\"}}");
        assertThat(createInCinder().at("/overLimit/message").asText())
                .isEqualTo("Maximum number of volumes allowed (10) exceeded for quota 'volumes'.");
    }

    @Test
    void affectsReadsListsDeletesAndJobs() {
        var job = create().at("/job_id").asText();
        simulator.clock().advance(Duration.ofSeconds(10));
        var id = onlyVolume().id();
        simulator
                .faults()
                .add(FaultRule.times(Fault.SERVER_ERROR, 4)
                        .on(Operation.DISK_GET, Operation.DISK_LIST, Operation.DISK_DELETE, Operation.JOB_GET));
        assertThat(caller.below("GET", "/cloudvolumes/" + id).status()).isEqualTo(500);
        assertThat(caller.below("GET", "/cloudvolumes/detail").status()).isEqualTo(500);
        assertThat(caller.below("DELETE", "/cloudvolumes/" + id).status()).isEqualTo(500);
        assertThat(job(job).status()).isEqualTo(500);
        assertThat(job(job).status()).isEqualTo(200);
        assertThat(onlyVolume().status()).isEqualTo("available");
    }

    @Test
    void selectsJobsByVolumeAndCreatesBySnapshot() {
        var job = create().at("/job_id").asText();
        simulator.clock().advance(Duration.ofSeconds(1));
        var faults = simulator.faults();
        faults.add(FaultRule.always(Fault.SERVER_ERROR)
                .on(Operation.JOB_GET)
                .ofVolume(onlyVolume().id()));
        faults.add(FaultRule.once(Fault.SERVER_ERROR).on(Operation.DISK_CREATE).ofSnapshot("s-2"));
        faults.add(FaultRule.once(Fault.THROTTLED).on(Operation.DISK_CREATE).ofVolume("v-1"));
        assertThat(job(job).status()).isEqualTo(500);
        assertThat(create().status()).isEqualTo(429);
        assertThat(create().status()).isEqualTo(200);
    }

    @Test
    void forgetsJobButCreatesVolume() {
        simulator.faults().once(Fault.JOB_FORGOTTEN);
        var job = create().at("/job_id").asText();
        assertThat(job).hasSize(32);
        assertThat(job(job).at("/error/code").asText()).isEqualTo("Common.0011");
        simulator.clock().advance(Duration.ofSeconds(10));
        assertThat(onlyVolume().status()).isEqualTo("available");
        assertThat(onlyCreate().jobId()).contains(job);
        simulator.faults().once(Fault.JOB_FORGOTTEN);
        var deletion = caller.below("DELETE", "/cloudvolumes/" + onlyVolume().id())
                .at("/job_id")
                .asText();
        assertThat(job(deletion).status()).isEqualTo(400);
        simulator.clock().advance(Duration.ofSeconds(3));
        assertThat(simulator.volumes().created()).isEmpty();
    }

    @Test
    void forgetsJobFromReadOn() {
        var job = create().at("/job_id").asText();
        assertThat(job(job).status()).isEqualTo(200);
        simulator.faults().once(Fault.JOB_FORGOTTEN, Operation.JOB_GET);
        assertThat(job(job).at("/error/code").asText()).isEqualTo("Common.0011");
        assertThat(job(job).status()).isEqualTo(400);
        simulator.clock().advance(Duration.ofSeconds(10));
        assertThat(onlyVolume().status()).isEqualTo("available");
    }

    @Test
    void failsJobWithoutVolume() {
        simulator
                .faults()
                .add(FaultRule.once(Fault.JOB_FAILS_WITHOUT_VOLUME)
                        .withCode("EVS.2072")
                        .withText("Volume type [SSD] in availability zone [eu-de-01] is sold out !"));
        var job = create().at("/job_id").asText();
        simulator.clock().advance(Duration.ofSeconds(1));
        assertThat(job(job).at("/status").asText()).isEqualTo("RUNNING");
        assertThat(job(job).at("/entities")).isEmpty();
        simulator.clock().advance(Duration.ofSeconds(9));
        assertThat(job(job).at("/status").asText()).isEqualTo("FAIL");
        assertThat(job(job).at("/end_time").asText()).isEqualTo("2026-03-01T12:00:10.000Z");
        assertThat(job(job).at("/error_code").asText()).isEqualTo("EVS.2072");
        assertThat(job(job).at("/fail_reason").asText()).contains("is sold out");
        assertThat(simulator.volumes().created()).isEmpty();
        assertThat(onlyCreate().acted()).isTrue();
    }

    @Test
    void failsJobAndLeavesVolumeInError() {
        simulator.faults().once(Fault.VOLUME_ENDS_IN_ERROR);
        var job = create().at("/job_id").asText();
        simulator.clock().advance(Duration.ofSeconds(10));
        assertThat(onlyVolume().status()).isEqualTo("error");
        assertThat(job(job).at("/status").asText()).isEqualTo("FAIL");
        assertThat(job(job).at("/entities/volume_id").asText())
                .isEqualTo(onlyVolume().id());
        assertThat(job(job).at("/error_code").asText()).isEqualTo("EVS.2024");
        assertThat(caller.below("DELETE", "/cloudvolumes/" + onlyVolume().id()).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(names = {"VOLUME_ENDS_IN_ERROR", "JOB_FAILS_WITHOUT_VOLUME"})
    void leavesVolumeInErrorInCinderFamily(Fault fault) {
        simulator.faults().once(fault);
        assertThat(createInCinder().status()).isEqualTo(202);
        simulator.clock().advance(Duration.ofSeconds(10));
        assertThat(onlyVolume().status()).isEqualTo("error");
    }

    @Test
    void staysCreating() {
        simulator.faults().once(Fault.STUCK_CREATING, Operation.DISK_CREATE);
        var job = create().at("/job_id").asText();
        simulator.clock().advance(Duration.ofHours(2));
        assertThat(onlyVolume().status()).isEqualTo("creating");
        assertThat(job(job).at("/status").asText()).isEqualTo("RUNNING");
    }

    @Test
    void losesMetadata() {
        simulator.faults().once(Fault.MARKER_NOT_KEPT, Operation.DISK_CREATE);
        create();
        assertThat(onlyVolume().metadata()).isEmpty();
        assertThat(simulator.callLog().actedOnBy(Operation.DISK_CREATE, "uid")).containsOnlyKeys("u-1");
    }

    @Test
    void listsAndReadsNewVolumeAfterDelay() {
        var delay = Duration.ofSeconds(8);
        simulator
                .faults()
                .add(FaultRule.once(Fault.LISTING_LAGS)
                        .on(Operation.DISK_CREATE)
                        .withDelay(delay));
        create();
        simulator.clock().advance(Duration.ofSeconds(8));
        var id = onlyVolume().id();
        assertThat(listed().get("count").asInt()).isZero();
        assertThat(caller.below("GET", "/volumes/" + id).status()).isEqualTo(200);
        simulator.clock().advance(Duration.ofSeconds(1));
        assertThat(listed().get("count").asInt()).isEqualTo(1);
        simulator
                .faults()
                .add(FaultRule.once(Fault.READ_SEES_404_FOR)
                        .on(Operation.DISK_CREATE)
                        .withDelay(delay));
        var other = createInCinder().at("/volume/id").asText();
        assertThat(listed().get("count").asInt()).isEqualTo(2);
        assertThat(caller.below("GET", "/volumes/" + other).status()).isEqualTo(404);
        simulator.clock().advance(delay);
        assertThat(caller.below("GET", "/volumes/" + other).status()).isEqualTo(200);
    }

    @Test
    void revertsOrFailsDeletion() {
        create();
        simulator.clock().advance(Duration.ofSeconds(10));
        var path = "/cloudvolumes/" + onlyVolume().id();
        simulator.faults().once(Fault.DELETE_BOUNCES, Operation.DISK_DELETE);
        var bounced = caller.below("DELETE", path).at("/job_id").asText();
        simulator.clock().advance(Duration.ofSeconds(3));
        assertThat(onlyVolume().status()).isEqualTo("available");
        assertThat(job(bounced).at("/status").asText()).isEqualTo("FAIL");
        simulator.faults().once(Fault.DELETE_ENDS_IN_ERROR_DELETING, Operation.DISK_DELETE);
        var failed = caller.below("DELETE", path).at("/job_id").asText();
        simulator.clock().advance(Duration.ofSeconds(3));
        assertThat(onlyVolume().status()).isEqualTo("error_deleting");
        assertThat(job(failed).at("/error_code").asText()).isEqualTo("EVS.2020");
    }

    @Test
    void changesLists() {
        create();
        simulator.clock().advance(Duration.ofSeconds(1));
        var faults = simulator.faults();
        faults.once(Fault.FILTERS_IGNORED, Operation.DISK_LIST);
        assertThat(listed().get("count").asInt()).isEqualTo(2);
        faults.add(FaultRule.once(Fault.PAGES_CUT).on(Operation.DISK_LIST).withText("1"));
        assertThat(caller.below("GET", "/cloudvolumes/detail").at("/volumes")).hasSize(1);
        faults.once(Fault.PAGE_SHIFTS, Operation.DISK_LIST);
        assertThat(caller.below("GET", "/cloudvolumes/detail?offset=1&limit=1").at("/volumes"))
                .isEmpty();
        faults.once(Fault.COUNT_TOO_HIGH, Operation.DISK_LIST);
        assertThat(listed().get("count").asInt()).isEqualTo(2);
        faults.once(Fault.PAGE_HINTS_MISSING, Operation.DISK_LIST);
        assertThat(caller.below("GET", "/cloudvolumes/detail?limit=1").json().size())
                .isEqualTo(1);
    }

    @Test
    void changesVolumesInResponses() {
        create();
        simulator.clock().advance(Duration.ofSeconds(1));
        var id = onlyVolume().id();
        var faults = simulator.faults();
        faults.add(FaultRule.times(Fault.STATUS_WORD, 2)
                .on(Operation.DISK_GET, Operation.DISK_LIST)
                .ofVolume(id)
                .withText("levitating"));
        var list = caller.below("GET", "/cloudvolumes/detail").at("/volumes");
        assertThat(list.get(0).get("status").asText()).isEqualTo("levitating");
        assertThat(list.get(1).get("status").asText()).isEqualTo("in-use");
        assertThat(caller.below("GET", "/volumes/" + id).at("/volume/status").asText())
                .isEqualTo("levitating");
        faults.once(Fault.METADATA_NULL, Operation.DISK_GET);
        assertThat(caller.below("GET", "/volumes/" + id).at("/volume/metadata").isNull())
                .isTrue();
        faults.once(Fault.NULL_FIELDS, Operation.DISK_GET);
        assertThat(caller.below("GET", "/volumes/" + id).at("/volume/name").isNull())
                .isTrue();
        faults.once(Fault.RESPONSE_OF_OTHER_SNAPSHOT, Operation.DISK_CREATE);
        assertThat(createInCinder().at("/volume/snapshot_id").asText()).isNotEqualTo("s-1");
        faults.once(Fault.UNREADABLE_SUCCESS, Operation.DISK_CREATE);
        assertThat(createInCinder().at("/volume").has("id")).isFalse();
        faults.add(
                FaultRule.once(Fault.CREDENTIALS_ECHOED).on(Operation.DISK_GET).withText("text "));
        assertThat(caller.below("GET", "/volumes/" + id).at("/volume/name").asText())
                .isEqualTo("text " + caller.token());
    }

    @Test
    void changesJobsInResponses() {
        var job = create().at("/job_id").asText();
        simulator.clock().advance(Duration.ofSeconds(1));
        var faults = simulator.faults();
        faults.add(FaultRule.once(Fault.STATUS_WORD).on(Operation.JOB_GET).withText("PAUSED"));
        assertThat(job(job).at("/status").asText()).isEqualTo("PAUSED");
        faults.add(FaultRule.once(Fault.ODD_TIMES).on(Operation.JOB_GET).withText("no-fraction"));
        var odd = job(job);
        assertThat(odd.at("/begin_time").asText()).isEqualTo("2026-03-01T12:00:00Z");
        assertThat(odd.at("/end_time").asText()).isEmpty();
        faults.once(Fault.NULL_FIELDS, Operation.JOB_GET);
        assertThat(job(job).at("/entities").isNull()).isTrue();
        faults.once(Fault.RESPONSE_OF_OTHER_SNAPSHOT, Operation.JOB_GET);
        assertThat(job(job).at("/entities/volume_id").asText())
                .isNotEqualTo(onlyVolume().id());
        faults.once(Fault.CREDENTIALS_ECHOED, Operation.JOB_GET);
        assertThat(job(job).at("/fail_reason").asText()).isEqualTo(caller.token());
        faults.once(Fault.UNREADABLE_SUCCESS, Operation.DISK_CREATE);
        assertThat(create().json()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/cloudvolumes", "/volumes"})
    void truncatesBodyAfterActing(String path) {
        simulator.faults().once(Fault.CUT_BODY, Operation.DISK_CREATE);
        assertThatThrownBy(() -> caller.below("POST", path, BODY)).isInstanceOf(UncheckedIOException.class);
        assertThat(onlyVolume().name()).isEqualTo("restored");
    }
}
