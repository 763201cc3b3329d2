/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import io.snapshotoperator.evs.testing.LogCapture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventRecorderTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<Event> events = new ArrayList<>();
    private final EventRecorder recorder = new EventRecorder(events::add, new SnapshotMetrics(meters));

    @Test
    void describesObjectReasonAndTime() {
        recorder.record(
                Requests.newRequest(), Verdict.of(CommonReason.QuotaExceeded, "Limit: 7."), NOON.plusMillis(900));

        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.getMetadata().getNamespace()).isEqualTo("shop");
            assertThat(event.getMetadata().getGenerateName()).isEqualTo("nightly.");
            assertThat(event.getInvolvedObject().getKind()).isEqualTo("VolumeSnapshotRequest");
            assertThat(event.getInvolvedObject().getUid()).isEqualTo("uid-1");
            assertThat(event.getReason()).isEqualTo("QuotaExceeded");
            assertThat(event.getMessage())
                    .startsWith(CommonReason.QuotaExceeded.sentence())
                    .endsWith("Limit: 7.");
            assertThat(event.getType()).isEqualTo("Warning");
            assertThat(event.getFirstTimestamp()).isEqualTo("2026-01-01T12:00:00Z");
        });
        assertThat(meters.counter("evs.events", "reason", "QuotaExceeded").count())
                .isEqualTo(1);
    }

    @Test
    void recordsNormalEventWhenReasonIsNotStalled() {
        recorder.record(Requests.newRequest(), Verdict.of(CommonReason.WaitingForBudget), NOON);

        assertThat(events).singleElement().returns("Normal", Event::getType);
    }

    @Test
    void shortensNameOfLongNamedObject() {
        var request = Requests.newRequest();
        request.getMetadata().setName("n".repeat(253));

        recorder.record(request, Verdict.of(CommonReason.QuotaExceeded), NOON);

        assertThat(events.get(0).getMetadata().getGenerateName()).hasSize(201);
        assertThat(events.get(0).getInvolvedObject().getName()).hasSize(253);
    }

    @Test
    void logsRejectedEventAndContinues() {
        var rejecting = new EventRecorder(
                event -> {
                    throw new KubernetesClientException(new StatusBuilder()
                            .withCode(403)
                            .withMessage("namespace shop is being terminated")
                            .build());
                },
                new SnapshotMetrics(meters));

        try (var log = LogCapture.of(EventRecorder.class)) {
            rejecting.record(Requests.newRequest(), Verdict.of(CommonReason.QuotaExceeded), NOON);

            assertThat(log.lines()).singleElement().satisfies(line -> {
                assertThat(line.level()).isEqualTo("WARN");
                assertThat(line.message()).isEqualTo("Event rejected");
                assertThat(line.values())
                        .containsEntry("name", "nightly")
                        .containsEntry("reason", "QuotaExceeded")
                        .containsEntry("code", "403");
                assertThat(line.values().get("detail")).contains("namespace shop is being terminated");
                assertThat(line.record().getThrown()).isNull();
            });
        }
    }
}
