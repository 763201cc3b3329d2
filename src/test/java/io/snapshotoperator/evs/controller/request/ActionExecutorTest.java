/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static io.snapshotoperator.evs.controller.Requests.VOLUME;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.modifiable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.UpdateSnapshotRequest;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.FakeStore;
import io.snapshotoperator.evs.controller.MutatingCalls;
import io.snapshotoperator.evs.controller.RequestUse;
import io.snapshotoperator.evs.controller.Requests;
import io.snapshotoperator.evs.controller.ScriptedClient;
import io.snapshotoperator.evs.createonce.CloudAccess;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.CreateGuard.LeaderTermStart;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.createonce.VolumeResolution;
import io.snapshotoperator.evs.snapshot.Action;
import io.snapshotoperator.evs.snapshot.Decision;
import io.snapshotoperator.evs.snapshot.Observation;
import io.snapshotoperator.evs.snapshot.ReconcileEnvironmentBuilder;
import io.snapshotoperator.evs.snapshot.ReconcileInput;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.snapshot.SnapshotRules;
import io.snapshotoperator.evs.snapshot.StatusPatch;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import io.snapshotoperator.evs.testing.LogCapture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ActionExecutorTest {
    private static final SnapshotId SNAPSHOT = new SnapshotId("s-1");

    private final ScriptedClient client = new ScriptedClient();
    private final CreateGuard guard =
            new CreateGuard(new LeaderTermStart(NOON, true, Set.of()), Duration.ofSeconds(60));
    private final FakeStore<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> store =
            new FakeStore<>(Requests.newRequest());
    private final List<Event> events = new ArrayList<>();
    private final LogCapture log = LogCapture.of(RequestLog.class);
    private RequestWriter writer = newWriter();
    private RequestUse use = RequestUse.NONE;

    @AfterEach
    void stopCapture() {
        log.close();
    }

    @Nested
    class Create {
        @Test
        void recordsIdInSecondWriteAndReturnsNothingMoreToWrite() {
            var outcome = create();

            assertThat(store.writes()).containsExactly("metadata", "status");
            assertThat(store.get().getStatus().snapshotId()).isEqualTo("s-1");
            assertThat(store.get().getFinalizers()).containsExactly(Api.FINALIZER);
            assertThat(outcome.statusPatch()).isEmpty();
            assertThat(outcome.event().map(Verdict::reason)).contains(SnapshotReason.SnapshotCreateAccepted);
        }

        @Test
        void logsAcceptedCreate() {
            create();

            assertThat(log.visibleLines()).singleElement().satisfies(line -> {
                assertThat(line.level()).isEqualTo("INFO");
                assertThat(line.message()).isEqualTo("Snapshot create accepted");
                assertThat(line.values())
                        .containsEntry("namespace", "shop")
                        .containsEntry("name", "nightly")
                        .containsEntry("uid", "uid-1")
                        .containsEntry("action", "create")
                        .containsEntry("result", "accepted")
                        .containsEntry("reason", "WaitingForCloud")
                        .containsEntry("snapshotId", "s-1")
                        .containsEntry("volumeId", "v-1")
                        .containsEntry("createId", "create-1")
                        .containsKey("durationMs");
            });
        }

        @Test
        void writesIdAgainAfterConflict() {
            store.beforeNextWrite(() -> {});
            store.beforeNextWrite(() -> store.changeByOther(object -> {}));

            create();

            assertThat(store.get().getStatus().snapshotId()).isEqualTo("s-1");
        }

        @Test
        void warnsWhenIdCannotBeRecorded() {
            store.beforeNextWrite(() -> {});
            store.beforeNextWrite(store::deleteByOther);

            assertThatThrownBy(ActionExecutorTest.this::create).isInstanceOf(KubernetesClientException.class);

            assertThat(log.visibleLines())
                    .extracting(line -> line.level() + " " + line.message() + " "
                            + line.values().get("snapshotId"))
                    .containsExactly("WARN Snapshot id not recorded s-1", "INFO Snapshot create accepted s-1");
        }

        @Test
        void sendsNothingWhenObjectChangedBeforeIntent() {
            store.beforeNextWrite(() -> store.changeByOther(object -> {}));

            var outcome = create();

            assertThat(client.calls()).isEmpty();
            assertThat(store.writes()).isEmpty();
            assertThat(outcome.requeueAfter()).contains(RetryPolicy.IMMEDIATE_REQUEUE);
            assertThat(log.visibleLines()).isEmpty();
        }

        @Test
        void logsRejectedCreateWithCodeAndRequestId() {
            client.failWith(ScriptedClient.failure(Kind.INVALID_REQUEST, false));

            create();

            assertThat(log.visibleLines()).singleElement().satisfies(line -> {
                assertThat(line.message()).isEqualTo("Snapshot create rejected");
                assertThat(line.values())
                        .containsEntry("result", "rejected")
                        .containsEntry("reason", "InvalidRequest")
                        .containsEntry("code", "EVS.1")
                        .containsEntry("requestId", "req-1")
                        .containsEntry("detail", "no");
            });
        }

        @Test
        void logsCreateWithUnknownOutcome() {
            client.failWith(ScriptedClient.failure(Kind.TRANSIENT, true));

            create();

            assertThat(log.visibleLines())
                    .extracting(LogCapture.Line::message)
                    .containsExactly("Snapshot create outcome unknown");
        }
    }

    @Nested
    class Delete {
        @Test
        void logsAcceptedDelete() {
            recordSnapshot();

            execute(delete(false), Optional.of(StatusPatch.of(Verdict.of(SnapshotReason.Deleting))));

            assertThat(log.visibleLines()).singleElement().satisfies(line -> {
                assertThat(line.message()).isEqualTo("Snapshot delete accepted");
                assertThat(line.values()).containsEntry("snapshotId", "s-1").containsEntry("volumeId", "v-1");
            });
        }

        @Test
        void deletesNothingWhenRestoreHasBegunSinceDecision() {
            recordSnapshot();
            store.changeByOther(object -> object.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z"));
            writer = newWriter();
            use = request -> request.getName().equals(store.get().getMetadata().getName());

            execute(delete(false), Optional.of(StatusPatch.of(Verdict.of(SnapshotReason.Deleting))));

            assertThat(client.calls()).isEmpty();
        }

        @Test
        void deletesDuplicateOnlyWhileRecordedIdIsUnchanged() {
            recordSnapshot();
            var duplicate = new Action.DeleteSnapshot(modifiable(new SnapshotId("s-2")), Optional.of(VOLUME), true);
            store.changeByOther(object -> object.setStatus(status("s-3")));

            execute(duplicate, Optional.of(StatusPatch.of(Verdict.of(SnapshotReason.SnapshotAvailable))));

            assertThat(client.calls()).isEmpty();
        }

        @Test
        void deletesDuplicateWhenCurrentVersionRecordsSameId() {
            recordSnapshot();
            var duplicate = new Action.DeleteSnapshot(modifiable(new SnapshotId("s-2")), Optional.of(VOLUME), true);
            store.changeByOther(object -> {});

            execute(duplicate, Optional.of(StatusPatch.of(Verdict.of(SnapshotReason.SnapshotAvailable))));

            assertThat(client.calls()).containsExactly("delete s-2");
        }

        @Test
        void recordsReplacementWithoutSendingCall() {
            recordSnapshot();
            var replacing = new Action.BeginReplacement(Requests.firstIntent());

            execute(replacing, Optional.of(StatusPatch.of(Verdict.of(SnapshotReason.ReplacingFailedSnapshot))));

            assertThat(store.writes()).containsExactly("metadata");
            assertThat(client.calls()).isEmpty();
        }

        @Test
        void logsSnapshotThatIsNotFound() {
            recordSnapshot();
            client.forgetSnapshots();

            execute(delete(false), Optional.of(StatusPatch.of(Verdict.of(SnapshotReason.Deleting))));

            assertThat(log.visibleLines()).extracting(LogCapture.Line::message).containsExactly("Snapshot not found");
        }
    }

    @Nested
    class Update {
        @Test
        void logsAcceptedUpdate() {
            recordSnapshot();
            var rename = new Action.UpdateSnapshot(
                    modifiable(SNAPSHOT), new UpdateSnapshotRequest(Optional.of("new-name"), Optional.empty()));

            execute(rename, Optional.of(StatusPatch.of(Verdict.of(SnapshotReason.SnapshotAvailable))));

            assertThat(client.calls()).containsExactly("update s-1");
            assertThat(log.visibleLines())
                    .extracting(LogCapture.Line::message)
                    .containsExactly("Snapshot update accepted");
        }
    }

    @Nested
    class ObjectWrites {
        @Test
        void addsFinalizerAndLogsIt() {
            execute(new Action.AddFinalizer(), Optional.empty());

            assertThat(store.get().getFinalizers()).containsExactly(Api.FINALIZER);
            assertThat(log.visibleLines()).extracting(LogCapture.Line::message).containsExactly("Finalizer added");
        }

        @Test
        void removesFinalizerAndNamesWhatStaysInCloud() {
            recordSnapshot();

            execute(new Action.RemoveFinalizer(Optional.of(SnapshotReason.SnapshotRetained)), Optional.empty());

            assertThat(events).singleElement().satisfies(event -> {
                assertThat(event.getReason()).isEqualTo("SnapshotRetained");
                assertThat(event.getMessage()).endsWith("Left in the cloud: s-1.");
            });
            assertThat(log.visibleLines()).singleElement().satisfies(line -> {
                assertThat(line.message()).isEqualTo("Finalizer removed");
                assertThat(line.values())
                        .containsEntry("reason", "SnapshotRetained")
                        .containsEntry("snapshotId", "s-1");
            });
        }

        @Test
        void logsNothingWhenRequestIsAlreadyGone() {
            recordSnapshot();
            store.deleteByOther();

            execute(new Action.RemoveFinalizer(Optional.empty()), Optional.empty());

            assertThat(log.visibleLines()).isEmpty();
        }

        @Test
        void deletesExpiredRequestAfterItsEvent() {
            var decision = new Decision(
                    new Action.DeleteRequest(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(Verdict.of(SnapshotReason.Expired)));

            var outcome = decision.action().accept(executor(decision));

            assertThat(store.isEmpty()).isTrue();
            assertThat(events).singleElement().returns("Expired", Event::getReason);
            assertThat(outcome.event()).isEmpty();
            assertThat(log.visibleLines())
                    .extracting(LogCapture.Line::message)
                    .containsExactly("Expired request deleted");
        }
    }

    @Nested
    class EndOfReconcile {
        @Test
        void logsChangeOfReasonOnce() {
            patch(Verdict.of(CommonReason.WaitingForBudget));
            endReconcile();
            writer = newWriter();
            patch(Verdict.of(CommonReason.WaitingForBudget));
            endReconcile();

            assertThat(log.visibleLines())
                    .extracting(line -> line.message() + " " + line.values().get("reason"))
                    .containsExactly("Reason changed WaitingForBudget");
        }

        @Test
        void warnsWhenSnapshotIsMissing() {
            recordSnapshot();
            patch(Verdict.of(SnapshotReason.SnapshotMissing));
            endReconcile();

            assertThat(log.visibleLines()).singleElement().satisfies(line -> {
                assertThat(line.level()).isEqualTo("WARN");
                assertThat(line.message()).isEqualTo("Snapshot missing");
                assertThat(line.values()).containsEntry("snapshotId", "s-1");
            });
        }

        @Test
        void logsAdoptedSnapshot() {
            store.changeByOther(object -> {});
            writer = newWriter();
            store.changeByOther(object -> object.setStatus(status("s-1")));

            writer.log().reconciled(store.get(), decision(new Action.None(), Optional.empty()));

            assertThat(log.visibleLines()).singleElement().satisfies(line -> {
                assertThat(line.message()).isEqualTo("Snapshot adopted");
                assertThat(line.values()).containsEntry("snapshotId", "s-1").containsEntry("action", "adopt");
            });
        }

        @Test
        void writesNoSecondLineWhenActionExplainsReason() {
            create();
            endReconcile();

            assertThat(log.visibleLines()).hasSize(1);
        }

        @Test
        void logsRequeueAtDebugLevel() {
            writer.log()
                    .reconciled(
                            writer.request(),
                            new Decision(
                                    new Action.None(),
                                    Optional.empty(),
                                    Optional.of(Duration.ofSeconds(5)),
                                    Optional.empty()));

            assertThat(log.lines()).singleElement().satisfies(line -> {
                assertThat(line.level()).isEqualTo("DEBUG");
                assertThat(line.values()).containsEntry("requeueAfter", "PT5S");
            });
        }
    }

    private Decision create() {
        var input = input();
        var decision = SnapshotRules.decide(input, new Observation.Unchanged(), "create-1");
        assertThat(decision.action()).isInstanceOf(Action.CreateSnapshot.class);
        return decision.action().accept(executor(decision));
    }

    private static Action.DeleteSnapshot delete(boolean duplicate) {
        return new Action.DeleteSnapshot(modifiable(SNAPSHOT), Optional.of(VOLUME), duplicate);
    }

    private void execute(Action action, Optional<StatusPatch> patch) {
        var decision = decision(action, patch);
        decision.action().accept(executor(decision));
    }

    private static Decision decision(Action action, Optional<StatusPatch> patch) {
        return new Decision(action, patch, Optional.empty(), Optional.empty());
    }

    private void patch(Verdict verdict) {
        writer.patchStatus(decision(new Action.None(), Optional.of(StatusPatch.of(verdict))));
    }

    private void endReconcile() {
        writer.log().reconciled(writer.request(), decision(new Action.None(), Optional.empty()));
    }

    /** The request records {@link #SNAPSHOT} when the reconcile begins. */
    private void recordSnapshot() {
        store.changeByOther(object -> object.setStatus(status("s-1")));
        writer = newWriter();
    }

    private RequestWriter newWriter() {
        return new RequestWriter(
                store.get(),
                store,
                new EventRecorder(events::add, new SnapshotMetrics(new SimpleMeterRegistry())),
                NOON);
    }

    private ActionExecutor executor(Decision decision) {
        var actuator =
                new CloudActuator(new MutatingCalls(guard, time -> true, () -> NOON, Duration.ofSeconds(20)), use);
        return new ActionExecutor(
                input(), decision, actuator, client.connection(CallBudget.unlimited(), () -> NOON), writer);
    }

    private ReconcileInput input() {
        var environment = ReconcileEnvironmentBuilder.builder()
                .cloudAccess(new CloudAccess.Available(ScriptedClient.HERE))
                .volume(new VolumeResolution.Resolved(VOLUME))
                .noPriorCreate(true)
                .absenceProvableFrom(NOON)
                .metadataPreserved(true)
                .installation("cluster-1")
                .retryPolicy(new RetryPolicy(
                        Duration.ofSeconds(60), Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofMinutes(5)))
                .build();
        var desired = ((SpecMapper.ParsedSpec.Valid) SpecMapper.parse(writer.request())).desired();
        return new ReconcileInput(desired, StatusMapper.read(writer.request()), environment, NOON);
    }

    private static VolumeSnapshotRequestStatus status(String id) {
        return Serialization.unmarshal(
                "{\"snapshotId\": \"" + id + "\", \"snapshotStatus\": \"available\", \"volumeId\": \"v-1\"}",
                VolumeSnapshotRequestStatus.class);
    }
}
