/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudSnapshot;
import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.ratelimit.CallBudget;
import io.snapshotoperator.evs.controller.ClaimVolumeResolver;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import io.snapshotoperator.evs.controller.DeletedObjects;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.FakeStore;
import io.snapshotoperator.evs.controller.MutatingCalls;
import io.snapshotoperator.evs.controller.ReconcileExtension;
import io.snapshotoperator.evs.controller.ReconcileSettings;
import io.snapshotoperator.evs.controller.RequestUse;
import io.snapshotoperator.evs.controller.Requests;
import io.snapshotoperator.evs.controller.ScriptedClient;
import io.snapshotoperator.evs.controller.connection.OwnConnection;
import io.snapshotoperator.evs.createonce.CreateGuard;
import io.snapshotoperator.evs.createonce.CreateGuard.LeaderTermStart;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import io.snapshotoperator.evs.createonce.RetryPolicy;
import io.snapshotoperator.evs.poll.PollerEventSource;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VolumeSnapshotRequestReconcilerTest {
    private static final Duration SETTLE_TIME = Duration.ofSeconds(60);
    private static final Duration MAX_BACKOFF = Duration.ofMinutes(5);

    private final ScriptedClient client = new ScriptedClient();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<Event> events = new ArrayList<>();
    private final FakeStore<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> store =
            new FakeStore<>(Requests.newRequest());
    private final CreateGuard guard = new CreateGuard(new LeaderTermStart(NOON, true, Set.of()), SETTLE_TIME);
    private final VolumeSnapshotRequestReconciler reconciler = new VolumeSnapshotRequestReconciler(
            new CloudActuator(
                    new MutatingCalls(guard, time -> true, () -> NOON, Duration.ofSeconds(20)), RequestUse.NONE),
            new ClaimVolumeResolver(null, Set.of(), Duration.ofMinutes(1)),
            new EventRecorder(events::add, new SnapshotMetrics(new SimpleMeterRegistry())),
            new SnapshotMetrics(meters),
            OwnConnection.everywhere(client.connection(CallBudget.unlimited(), () -> NOON)),
            guard,
            new PollerEventSource<>(),
            new ReconcileSettings(
                    "cluster-1",
                    new RetryPolicy(SETTLE_TIME, Duration.ofHours(1), Duration.ofSeconds(5), MAX_BACKOFF),
                    () -> NOON,
                    delay -> delay,
                    () -> "create-1"),
            RequestListener.NONE,
            new RequestUse() {
                @Override
                public boolean isKnown() {
                    return restoresKnown;
                }

                @Override
                public boolean isBeingRestored(ResourceID request) {
                    return beingRestored;
                }
            },
            ReconcileExtension.none());

    private boolean restoresKnown = true;
    private boolean beingRestored;

    private Condition ready() {
        return store.get().getStatus().conditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .findFirst()
                .orElseThrow();
    }

    private void rejectNextWrite(int code) {
        store.beforeNextWrite(() -> {
            throw FakeStore.rejection(code);
        });
    }

    /** The API server can ignore a finalizer that is written while it deletes the object. */
    @Test
    void namesSnapshotOfRequestThatIsRemovedDuringCreate() {
        client.duringCall(store::deleteByOther);

        var control = reconciler.reconcile(store.get(), store);

        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.getReason()).isEqualTo("RemovedDuringCreate");
            assertThat(event.getType()).isEqualTo("Warning");
            assertThat(event.getMessage()).contains("Left in the cloud: s-1.");
        });
        assertThat(client.calls()).containsExactly("create v-1");
        assertThat(control.getScheduleDelay()).isEmpty();
    }

    @Test
    void describesSnapshotOfRequestThatIsRemovedDuringCreateOfUnknownOutcome() {
        client.duringCall(() -> {
            store.deleteByOther();
            client.failWith(ScriptedClient.failure(CloudException.Kind.TRANSIENT, true));
        });

        reconciler.reconcile(store.get(), store);

        assertThat(client.calls()).containsExactly("create v-1");

        assertThat(events).singleElement().satisfies(event -> assertThat(event.getMessage())
                .contains("A create request may have been sent.", Requests.IDENTITY.uid()));
    }

    @Nested
    class WhenDeletedWhileRestored {
        @BeforeEach
        void createAndDelete() {
            reconciler.reconcile(store.get(), store);
            client.list(CloudSnapshotBuilder.builder()
                    .id(new SnapshotId("s-1"))
                    .wireState("available")
                    .volumeId(Requests.VOLUME)
                    .metadata(WhenSnapshotHasDuplicate.marked("create-1"))
                    .build());
            store.changeByOther(object -> object.getMetadata().setDeletionTimestamp(NOON.toString()));
        }

        @Test
        void waitsUntilRestoresAreKnown() {
            restoresKnown = false;

            reconciler.reconcile(store.get(), store);

            assertThat(client.calls()).containsExactly("create v-1");
        }

        @Test
        void keepsSnapshotUntilRestoreHasEnded() {
            beingRestored = true;
            reconciler.reconcile(store.get(), store);
            assertThat(client.calls()).doesNotContain("delete s-1");
            assertThat(ready().getReason()).isEqualTo("RestoreInProgress");

            beingRestored = false;
            reconciler.reconcile(store.get(), store);

            assertThat(client.calls()).contains("delete s-1");
        }
    }

    @Nested
    class WhenApiServerRejectsThePatchOfMetadata {
        @Test
        void reportsItInTheStatusAndSendsNothing() {
            rejectNextWrite(422);

            var control = reconciler.reconcile(store.get(), store);

            assertThat(client.calls()).isEmpty();
            assertThat(ready().getReason()).isEqualTo("UpdateRejected");
            assertThat(ready().getMessage()).contains("422");
            assertThat(events).extracting(Event::getReason).containsExactly("UpdateRejected");
            assertThat(control.getScheduleDelay()).contains(MAX_BACKOFF.toMillis());
        }

        @Test
        void recordsEventOnceAndCreatesWhenAccepted() {
            rejectNextWrite(403);
            reconciler.reconcile(store.get(), store);
            rejectNextWrite(403);
            reconciler.reconcile(store.get(), store);
            assertThat(events).hasSize(1);

            reconciler.reconcile(store.get(), store);

            assertThat(client.calls()).containsExactly("create v-1");
            assertThat(ready().getReason()).isEqualTo("WaitingForCloud");
        }

        @Test
        void keepsReadySnapshotReady() {
            reconciler.reconcile(store.get(), store);
            store.changeByOther(object -> {
                object.getMetadata().setFinalizers(new ArrayList<>());
                object.setStatus(Serialization.unmarshal(
                        Serialization.asJson(object.getStatus())
                                .replace("WaitingForCloud", "SnapshotAvailable")
                                .replace("creating", "available"),
                        VolumeSnapshotRequestStatus.class));
            });
            var before = store.get().getStatus();
            rejectNextWrite(403);

            reconciler.reconcile(store.get(), store);

            assertThat(store.get().getStatus()).isEqualTo(before);
            assertThat(events).extracting(Event::getReason).contains("UpdateRejected");
        }
    }

    @Nested
    class WhenInformerSawTheDeletion {
        @Test
        void ignoresObjectThatTheFrameworkReadBefore() {
            deletedObjects().onResourceDeleted(store.get());

            reconciler.reconcile(store.get(), existing());

            assertThat(client.calls()).isEmpty();
            assertThat(store.writes()).isEmpty();
        }

        @Test
        void handsNewObjectOfTheSameNameOn() {
            var replaced = store.get();
            replaced.getMetadata().setUid("uid-0");
            deletedObjects().onResourceDeleted(replaced);

            assertThatThrownBy(() -> reconciler.reconcile(store.get(), existing()))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("resourceOperations");
        }

        @SuppressWarnings("unchecked")
        private DeletedObjects<VolumeSnapshotRequest> deletedObjects() {
            var context = new EventSourceContext<VolumeSnapshotRequest>(
                    answering(IndexerResourceCache.class, Map.of("addIndexers", true)),
                    null,
                    null,
                    VolumeSnapshotRequest.class);
            return reconciler.prepareEventSources(context).stream()
                    .filter(DeletedObjects.class::isInstance)
                    .map(source -> (DeletedObjects<VolumeSnapshotRequest>) source)
                    .findFirst()
                    .orElseThrow();
        }

        /** The reconcile of an object that exists as far as the framework knows. It permits no write. */
        @SuppressWarnings("unchecked")
        private static Context<VolumeSnapshotRequest> existing() {
            return answering(Context.class, Map.of("isPrimaryResourceDeleted", false));
        }

        private static <T> T answering(Class<T> type, Map<String, Object> answers) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> Optional.ofNullable(
                                    answers.get(method.getName()))
                            .orElseThrow(() -> new UnsupportedOperationException(method.getName()))));
        }
    }

    @Nested
    class WhenSnapshotHasDuplicate {
        @Test
        void deletesIt() {
            recordDuplicate();

            reconciler.reconcile(store.get(), store);

            assertThat(client.calls()).contains("delete s-2");
        }

        @Test
        void keepsItWhileAnotherRequestImportsIt() {
            recordDuplicate();
            var importing = Requests.newRequest();
            importing.getMetadata().setUid("uid-2");
            importing.setSpec(VolumeSnapshotRequestSpec.of(SnapshotSource.ofSnapshot("s-2")));
            store.addOther(importing);

            reconciler.reconcile(store.get(), store);

            assertThat(client.calls()).contains("list").doesNotContain("delete s-2");
        }

        /** Both snapshots carry the marker of the request, with different create ids. */
        private void recordDuplicate() {
            reconciler.reconcile(store.get(), store);
            store.changeByOther(object -> object.setStatus(Serialization.unmarshal(
                    Serialization.asJson(object.getStatus())
                            .replace("creating", "available")
                            .replace("\"snapshotId\"", "\"duplicateSnapshotIds\":[\"s-2\"],\"snapshotId\""),
                    VolumeSnapshotRequestStatus.class)));
            client.list(snapshot("s-1", "create-1"), snapshot("s-2", "create-0"));
        }

        private static CloudSnapshot snapshot(String id, String createId) {
            return CloudSnapshotBuilder.builder()
                    .id(new SnapshotId(id))
                    .wireState("available")
                    .volumeId(Requests.VOLUME)
                    .metadata(marked(createId))
                    .build();
        }

        private static Map<String, String> marked(String createId) {
            var owner = Requests.IDENTITY;
            return new OwnershipMarker(owner.uid(), createId, "cluster-1", owner.namespace(), owner.name())
                    .addTo(Map.of());
        }
    }

    @Nested
    class WhenUserEditsTheIntent {
        @Test
        void createsNothingWithIntentOfTheFuture() {
            var written = CreateIntentJson.write(Requests.firstIntent());
            annotate(Map.of(Api.CREATE_INTENT, written.replace("2026-01-01T12:00", "2026-01-01T12:06")));
            client.list();

            reconciler.reconcile(store.get(), store);

            assertThat(client.calls()).containsExactly("list");
            assertThat(ready().getReason()).isEqualTo("CreateIntentInvalid");
        }

        @Test
        void ignoresIntentOnImport() {
            store.changeByOther(object -> object.setSpec(Serialization.unmarshal(
                    "{\"source\": {\"snapshotId\": \"s-1\"}}", VolumeSnapshotRequestSpec.class)));
            annotate(Map.of(Api.CREATE_INTENT, "{"));

            reconciler.reconcile(store.get(), store);

            assertThat(client.calls()).containsExactly("read s-1");
            assertThat(ready().getReason()).isEqualTo("WaitingForCloud");
        }

        private void annotate(Map<String, String> annotations) {
            store.changeByOther(object -> object.getMetadata().setAnnotations(new HashMap<>(annotations)));
        }
    }
}
