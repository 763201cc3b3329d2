/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Covers the effect of each fault on the cloud and on the caller. */
class SimulatorFaultsTest {

    private final EvsSimulator simulator = EvsSimulator.start(SimulatorSettings.builder()
            .steppedFrom(Instant.parse("2026-03-01T12:00:00Z"))
            .anyVolume()
            .build());
    private final Caller caller = new Caller(simulator).loggedIn();

    @AfterEach
    void stop() {
        simulator.close();
    }

    private String createWithMarker() {
        return "{\"snapshot\":{\"volume_id\":\"v-1\",\"force\":true,\"metadata\":{\"uid\":\"u-1\"}}}";
    }

    private CallLogEntry onlyCreate() {
        var creates = simulator.callLog().calls(Operation.CREATE);
        assertThat(creates).hasSize(1);
        return creates.get(0);
    }

    @ParameterizedTest
    @EnumSource(names = {"ANSWER_LOST_BEFORE_ACTING", "ANSWER_LOST_AFTER_ACTING", "CREATE_DELIVERED_LATE"})
    void closesConnectionWithoutResponse(Fault fault) {
        simulator.faults().once(fault, Operation.CREATE);
        assertThatThrownBy(() -> caller.create("v-1")).isInstanceOf(UncheckedIOException.class);
        assertThat(onlyCreate().status()).isZero();
        assertThat(onlyCreate().faults()).containsExactly(fault);
        var acted = fault == Fault.ANSWER_LOST_AFTER_ACTING;
        assertThat(onlyCreate().acted()).isEqualTo(acted);
        assertThat(simulator.snapshots().living()).hasSize(acted ? 1 : 0);
    }

    @Test
    void executesCreateAfterDelay() {
        simulator.faults().add(FaultRule.once(Fault.CREATE_DELIVERED_LATE).withDelay(Duration.ofSeconds(90)));
        assertThatThrownBy(() -> caller.evs("POST", "", createWithMarker())).isInstanceOf(UncheckedIOException.class);
        simulator.clock().advance(Duration.ofSeconds(89));
        assertThat(simulator.callLog().createsActedOn()).isEmpty();
        simulator.clock().advance(Duration.ofSeconds(1));
        var create = simulator.callLog().createsActedOn().get(0);
        var snapshot = simulator.snapshots().livingBy("uid").get("u-1").get(0);
        assertThat(create.snapshotId()).contains(snapshot.id());
        assertThat(create.actedAt()).contains(Instant.parse("2026-03-01T12:01:30Z"));
        assertThat(snapshot.createdAt()).isEqualTo("2026-03-01T12:01:30Z");
    }

    @Test
    void throttlesWithSecondsWithDateAndWithoutRetryAfter() {
        var faults = simulator.faults();
        faults.add(FaultRule.once(Fault.THROTTLED).retryAfter(Duration.ofSeconds(30)));
        faults.add(FaultRule.once(Fault.THROTTLED).retryAfterDate(Duration.ofSeconds(30)));
        faults.once(Fault.THROTTLED);
        var seconds = caller.create("v-1");
        assertThat(seconds.status()).isEqualTo(429);
        assertThat(seconds.at("/error_code").asText()).isEqualTo("APIGW.0308");
        assertThat(seconds.header("Retry-After")).isEqualTo("30");
        var date = caller.create("v-1").header("Retry-After");
        assertThat(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant())
                .isEqualTo("2026-03-01T12:00:30Z");
        assertThat(caller.create("v-1").header("Retry-After")).isEmpty();
        assertThat(simulator.snapshots().living()).isEmpty();
        assertThat(caller.create("v-1").status()).isEqualTo(202);
    }

    @Test
    void throttlesAfterActing() {
        simulator.faults().once(Fault.THROTTLED_AFTER_ACTING);
        assertThat(caller.create("v-1").status()).isEqualTo(429);
        assertThat(onlyCreate().status()).isEqualTo(429);
        assertThat(onlyCreate().acted()).isTrue();
        assertThat(simulator.snapshots().living()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504})
    void returnsServerErrorBeforeAndAfterActing(int status) {
        simulator.faults().add(FaultRule.once(Fault.SERVER_ERROR).withStatus(status));
        assertThat(caller.create("v-1").status()).isEqualTo(status);
        assertThat(simulator.snapshots().living()).isEmpty();
        simulator.faults().add(FaultRule.once(Fault.SERVER_ERROR_AFTER_ACTING).withStatus(status));
        assertThat(caller.create("v-1").status()).isEqualTo(status);
        assertThat(simulator.snapshots().living()).hasSize(1);
    }

    @Test
    void truncatesBodyAfterActing() {
        simulator.faults().once(Fault.CUT_BODY, Operation.CREATE);
        assertThatThrownBy(() -> caller.create("v-1")).isInstanceOf(UncheckedIOException.class);
        assertThat(simulator.snapshots().living()).hasSize(1);
    }

    @Test
    void truncatesResponseWithoutBody() {
        var id = caller.created("v-1");
        simulator.clock().advance(Duration.ofSeconds(10));
        simulator.faults().once(Fault.CUT_BODY, Operation.DELETE);
        assertThatThrownBy(() -> caller.evs("DELETE", "/" + id)).isInstanceOf(UncheckedIOException.class);
        assertThat(simulator.snapshots().find(id).orElseThrow().status()).isEqualTo("deleting");
    }

    @Test
    void keepsConnectionOpenBeforeClosingWithoutResponse() {
        simulator
                .faults()
                .add(FaultRule.once(Fault.CREATE_DELIVERED_LATE).withConnectionOpenFor(Duration.ofMillis(300)));
        var before = System.nanoTime();
        assertThatThrownBy(() -> caller.create("v-1")).isInstanceOf(UncheckedIOException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void returnsHtmlBeforeAndAfterActing() {
        simulator.faults().once(Fault.HTML_BODY);
        simulator.faults().once(Fault.HTML_BODY_AFTER_ACTING);
        var proxy = caller.create("v-1");
        assertThat(proxy.status()).isEqualTo(502);
        assertThat(proxy.header("Content-Type")).isEqualTo("text/html");
        assertThat(simulator.snapshots().living()).isEmpty();
        assertThat(caller.create("v-1").status()).isEqualTo(200);
        assertThat(simulator.snapshots().living()).hasSize(1);
    }

    @Test
    void delaysResponse() {
        simulator.faults().add(FaultRule.once(Fault.SLOW_ANSWER).withDelay(Duration.ofMillis(300)));
        var before = System.nanoTime();
        assertThat(caller.create("v-1").status()).isEqualTo(202);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void listsNewSnapshotAfterDelay() {
        simulator.faults().add(FaultRule.once(Fault.LISTING_LAGS).withDelay(Duration.ofSeconds(8)));
        var id = caller.created("v-1");
        assertThat(caller.evs("GET", "/detail").at("/count").asInt()).isZero();
        assertThat(caller.evs("GET", "/" + id).status()).isEqualTo(200);
        simulator.clock().advance(Duration.ofSeconds(8));
        assertThat(caller.evs("GET", "/detail").at("/count").asInt()).isEqualTo(1);
    }

    @Test
    void readsNewSnapshotByIdAfterDelay() {
        simulator.faults().add(FaultRule.once(Fault.READ_SEES_404_FOR).withDelay(Duration.ofSeconds(8)));
        var id = caller.created("v-1");
        assertThat(caller.evs("GET", "/" + id).status()).isEqualTo(404);
        simulator.clock().advance(Duration.ofSeconds(8));
        assertThat(caller.evs("GET", "/" + id).status()).isEqualTo(200);
    }

    @Test
    void dropsMetadataButLogsRequestedMetadata() {
        simulator.faults().once(Fault.MARKER_NOT_KEPT);
        assertThat(caller.evs("POST", "", createWithMarker()).at("/snapshot/metadata"))
                .isEmpty();
        assertThat(simulator.snapshots().livingBy("uid")).isEmpty();
        assertThat(simulator.callLog().createsActedOnBy("uid")).containsOnlyKeys("u-1");
    }

    @Test
    void endsCreationInErrorOrNever() {
        simulator.faults().once(Fault.SNAPSHOT_ENDS_IN_ERROR);
        var failing = caller.created("v-1");
        simulator.faults().once(Fault.STUCK_CREATING);
        var stuck = caller.created("v-1");
        simulator.clock().advance(Duration.ofDays(2));
        caller.loggedIn();
        assertThat(caller.evs("GET", "/" + failing).at("/snapshot/status").asText())
                .isEqualTo("error");
        assertThat(caller.evs("GET", "/" + stuck).at("/snapshot/status").asText())
                .isEqualTo("creating");
    }

    @Test
    void revertsOrFailsDeletion() {
        simulator.faults().once(Fault.DELETE_BOUNCES);
        var id = caller.created("v-1");
        simulator.clock().advance(Duration.ofSeconds(10));
        assertThat(caller.evs("DELETE", "/" + id).status()).isEqualTo(202);
        simulator.clock().advance(Duration.ofSeconds(3));
        assertThat(caller.evs("GET", "/" + id).at("/snapshot/status").asText()).isEqualTo("available");
        simulator.faults().once(Fault.DELETE_ENDS_IN_ERROR_DELETING);
        assertThat(caller.evs("DELETE", "/" + id).status()).isEqualTo(202);
        simulator.clock().advance(Duration.ofSeconds(3));
        assertThat(caller.evs("GET", "/" + id).at("/snapshot/status").asText()).isEqualTo("error_deleting");
    }

    @Test
    void showsUnknownWordsUnusualTimesAndNulls() {
        var id = caller.created("v-1");
        var faults = simulator.faults();
        faults.add(FaultRule.always(Fault.STATUS_WORD).withText("quiescing").ofSnapshot(id));
        faults.add(FaultRule.once(Fault.ODD_TIMES));
        var first = caller.evs("GET", "/" + id).at("/snapshot");
        assertThat(first.get("created_at").asText()).isEqualTo("2026-03-01t12:00:00.000000");
        faults.add(FaultRule.once(Fault.ODD_TIMES).withText("no-fraction"));
        var second = caller.evs("GET", "/" + id).at("/snapshot");
        assertThat(second.get("created_at").asText()).isEqualTo("2026-03-01T12:00:00");
        faults.once(Fault.NULL_FIELDS);
        var third = caller.evs("GET", "/detail").at("/snapshots/0");
        assertThat(third.get("created_at").isNull()).isTrue();
        assertThat(third.get("metadata").isNull()).isTrue();
        assertThat(third.get("id").asText()).isEqualTo(id);
        assertThat(third.get("status").asText()).isEqualTo("quiescing");
    }

    @Test
    void returnsSuccessWithoutId() {
        simulator.faults().once(Fault.UNREADABLE_SUCCESS);
        var response = caller.create("v-1");
        assertThat(response.status()).isEqualTo(202);
        assertThat(response.at("/snapshot").has("id")).isFalse();
        assertThat(simulator.snapshots().living()).hasSize(1);
    }

    @Test
    void describesOtherSnapshotInResponse() {
        simulator.faults().once(Fault.RESPONSE_OF_OTHER_SNAPSHOT);
        var response = caller.create("v-1");
        assertThat(response.status()).isEqualTo(202);
        assertThat(response.at("/snapshot/volume_id").asText()).isNotEqualTo("v-1");
        assertThat(simulator.snapshots().living()).singleElement().satisfies(created -> assertThat(created.id())
                .isNotEqualTo(response.at("/snapshot/id").asText()));
    }

    @Test
    void returnsSuccessWithGivenId() {
        simulator.faults().add(FaultRule.once(Fault.UNREADABLE_SUCCESS).withText("../x"));
        assertThat(caller.create("v-1").at("/snapshot/id").asText()).isEqualTo("../x");
        assertThat(simulator.snapshots().living()).hasSize(1);
    }

    @Test
    void repeatsCredentialsInSnapshot() {
        simulator.faults().add(FaultRule.once(Fault.CREDENTIALS_ECHOED).withText("text "));
        var response = caller.create("v-1");
        var echo = "text " + caller.token();
        assertThat(response.status()).isEqualTo(202);
        assertThat(response.at("/snapshot/name").asText()).isEqualTo(echo);
        assertThat(response.at("/snapshot/metadata").has(echo)).isTrue();
        assertThat(simulator.snapshots().find(response.at("/snapshot/id").asText()))
                .isPresent();
    }

    @Test
    void repeatsCredentialsInErrorAndDoesNotAct() {
        simulator
                .faults()
                .add(FaultRule.once(Fault.CREDENTIALS_ECHOED_IN_ERROR)
                        .withStatus(403)
                        .withText("te\r\nxt "));
        var response = caller.create("v-1");
        assertThat(response.status()).isEqualTo(403);
        assertThat(response.json().fieldNames()).toIterable().contains("te\r\nxt " + caller.token());
        assertThat(response.header("X-Request-Id")).isEqualTo("text " + caller.token());
        assertThat(simulator.snapshots().living()).isEmpty();
    }

    @Test
    void returnsErrorsOfGatewayIamAndCinder() {
        simulator.faults().once(Fault.API_NOT_PUBLISHED);
        assertThat(caller.evs("GET", "/detail").at("/error_code").asText()).isEqualTo("APIGW.0101");
        simulator.faults().once(Fault.TOKEN_EXPIRED);
        assertThat(caller.evs("GET", "/detail").status()).isEqualTo(401);
        simulator.faults().once(Fault.QUOTA);
        assertThat(caller.create("v-1").status()).isEqualTo(413);
        simulator.faults().once(Fault.THROTTLED, Operation.LOGIN);
        assertThat(caller.login("simulated-password").at("/error_code").asText())
                .isEqualTo("IAM.0012");
        simulator
                .faults()
                .add(FaultRule.once(Fault.REJECTED)
                        .withStatus(403)
                        .withCode("EVS.2144")
                        .withText("frozen"));
        assertThat(caller.create("v-1").json())
                .hasToString("{\"error\":{\"message\":\"frozen\",\"code\":\"EVS.2144\"}}");
    }

    @Test
    void ignoresFiltersAndShiftsPages() {
        var older = caller.created("v-1");
        var newer = caller.created("v-2");
        simulator.faults().once(Fault.FILTERS_IGNORED);
        assertThat(caller.evs("GET", "/detail?volume_id=v-1").at("/count").asInt())
                .isEqualTo(2);
        simulator.faults().once(Fault.PAGE_SHIFTS);
        assertThat(caller.evs("GET", "/detail?limit=1&offset=0")
                        .at("/snapshots/0/id")
                        .asText())
                .isEqualTo(newer);
        simulator.faults().once(Fault.PAGE_SHIFTS);
        assertThat(caller.evs("GET", "/detail?limit=1&offset=1").body()).doesNotContain(older);
    }

    @Test
    void affectsOneVolumeFromNthCallForGivenCount() {
        simulator
                .faults()
                .add(FaultRule.times(Fault.SERVER_ERROR, 2).ofVolume("v-1").fromCall(2));
        assertThat(caller.create("v-2").status()).isEqualTo(202);
        assertThat(caller.create("v-1").status()).isEqualTo(202);
        assertThat(caller.create("v-1").status()).isEqualTo(500);
        assertThat(caller.create("v-2").status()).isEqualTo(202);
        assertThat(caller.create("v-1").status()).isEqualTo(500);
        assertThat(caller.create("v-1").status()).isEqualTo(202);
        assertThat(simulator.faults().registered().get(0).spent()).isTrue();
    }
}
