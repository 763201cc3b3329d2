/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceWriterTest {
    private static final Verdict EVENT = Verdict.of(CommonReason.InvalidRequest);

    private final FakeStore<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> store =
            new FakeStore<>(Requests.newRequest());
    private final List<Event> events = new ArrayList<>();
    private final ResourceWriter<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> writer = new ResourceWriter<>(
            store.get(), store, new EventRecorder(events::add, new SnapshotMetrics(new SimpleMeterRegistry())), NOON);

    @Nested
    class CreateIntent {
        @Test
        void writesIntentAndFinalizerInOnePatch() {
            assertThat(writer.writeIntent(Requests.firstIntent())).isTrue();

            assertThat(store.writes()).containsExactly("metadata");
            assertThat(store.get().getFinalizers()).containsExactly(Api.FINALIZER);
            assertThat(CreateIntentJson.read(store.get()))
                    .isEqualTo(new CreateIntentJson.ParsedIntent.Valid(Requests.firstIntent()));
        }

        @Test
        void keepsOtherAnnotationsWhenItWritesIntent() {
            store.changeByOther(object -> object.getMetadata().setAnnotations(Map.of("team", "shop")));
            writer.refreshIf(object -> true);

            writer.writeIntent(Requests.firstIntent());

            assertThat(store.get().getMetadata().getAnnotations()).containsEntry("team", "shop");
        }

        @Test
        void writesNoIntentWhenObjectHasChanged() {
            store.changeByOther(object -> object.getMetadata().setLabels(Map.of("a", "b")));

            assertThat(writer.writeIntent(Requests.firstIntent())).isFalse();

            assertThat(store.writes()).isEmpty();
            assertThat(CreateIntentJson.textOn(store.get())).isEmpty();
        }

        @Test
        void writesNoIntentWhenObjectIsGone() {
            store.deleteByOther();

            assertThat(writer.writeIntent(Requests.firstIntent())).isFalse();
        }

        @ParameterizedTest
        @ValueSource(ints = {400, 403, 413, 422})
        void throwsWhenApiServerWillRejectIntentAgain(int code) {
            store.beforeNextWrite(() -> {
                throw FakeStore.rejection(code);
            });

            assertThatThrownBy(() -> writer.writeIntent(Requests.firstIntent()))
                    .isInstanceOf(MetadataRejectedException.class)
                    .hasMessageContaining("rejected");
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 401, 429, 500})
        void throwsWhenIntentIsRejectedForOtherCause(int code) {
            store.beforeNextWrite(() -> {
                throw FakeStore.rejection(code);
            });

            assertThatThrownBy(() -> writer.writeIntent(Requests.firstIntent()))
                    .asInstanceOf(type(KubernetesClientException.class))
                    .returns(code, KubernetesClientException::getCode);
        }
    }

    @Nested
    class Status {
        @Test
        void writesStatusThatDiffers() {
            assertThat(writer.patchStatus(recording("s-1"))).isTrue();

            assertThat(store.get().getStatus().snapshotId()).isEqualTo("s-1");
        }

        @Test
        void writesNoStatusThatIsEqual() {
            writer.patchStatus(recording("s-1"));

            assertThat(writer.patchStatus(recording("s-1"))).isFalse();
            assertThat(store.writes()).containsExactly("status");
        }

        @Test
        void startsNextWriteFromVersionThatLastWriteReturned() {
            writer.writeIntent(Requests.firstIntent());
            writer.patchStatus(recording("s-1"));
            writer.removeFinalizer(Optional.empty());

            assertThat(store.writes()).containsExactly("metadata", "status", "metadata");
        }

        @Test
        void throwsConflictWhenObjectHasChanged() {
            store.changeByOther(object -> object.getMetadata().setLabels(Map.of("a", "b")));

            assertThatThrownBy(() -> writer.patchStatus(recording("s-1")))
                    .asInstanceOf(type(KubernetesClientException.class))
                    .returns(409, KubernetesClientException::getCode);
        }
    }

    @Nested
    class NewId {
        @Test
        void repeatsWriteOfIdAfterEachConflict() {
            for (var i = 0; i < 3; i++) {
                var value = String.valueOf(i);
                store.beforeNextWrite(
                        () -> store.changeByOther(object -> object.getMetadata().setLabels(Map.of("edited", value))));
            }

            writer.recordId(recording("s-1"), recordsOtherThan("s-1"));

            assertThat(store.get().getStatus().snapshotId()).isEqualTo("s-1");
            assertThat(store.get().getMetadata().getLabels()).containsEntry("edited", "2");
        }

        @Test
        void givesUpWhenObjectIsGone() {
            store.beforeNextWrite(store::deleteByOther);

            assertThatThrownBy(() -> writer.recordId(recording("s-1"), recordsOtherThan("s-1")))
                    .isInstanceOf(KubernetesClientException.class);
        }

        @Test
        void neverWritesIdToOtherObjectOfSameName() {
            store.beforeNextWrite(
                    () -> store.changeByOther(object -> object.getMetadata().setUid("uid-2")));

            assertThatThrownBy(() -> writer.recordId(recording("s-1"), recordsOtherThan("s-1")))
                    .isInstanceOf(KubernetesClientException.class);
            assertThat(store.get().getStatus()).isNull();
        }

        @Test
        void neverReplacesOtherRecordedId() {
            store.beforeNextWrite(() -> store.changeByOther(object -> object.setStatus(status("s-0"))));

            assertThatThrownBy(() -> writer.recordId(recording("s-1"), recordsOtherThan("s-1")))
                    .isInstanceOf(KubernetesClientException.class);
            assertThat(store.get().getStatus().snapshotId()).isEqualTo("s-0");
        }

        @Test
        void givesUpAfterTwentyConflictsInARow() {
            for (var i = 0; i < 20; i++) {
                store.beforeNextWrite(() -> store.changeByOther(object -> {}));
            }

            assertThatThrownBy(() -> writer.recordId(recording("s-1"), recordsOtherThan("s-1")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("20 conflicts");
        }

        @Test
        void doesNotRepeatWriteThatIsForbidden() {
            store.beforeNextWrite(() -> {
                throw FakeStore.rejection(403);
            });

            assertThatThrownBy(() -> writer.recordId(recording("s-1"), recordsOtherThan("s-1")))
                    .asInstanceOf(type(KubernetesClientException.class))
                    .returns(403, KubernetesClientException::getCode);
            assertThat(store.writes()).isEmpty();
        }
    }

    @Nested
    class Refresh {
        @Test
        void keepsCurrentVersionThatMeetsCondition() {
            store.changeByOther(object -> object.setStatus(status("s-1")));

            assertThat(writer.refreshIf(object -> object.getStatus() != null)).isTrue();
            assertThat(writer.resource().getStatus().snapshotId()).isEqualTo("s-1");
        }

        @Test
        void keepsOldVersionWhenConditionIsNotMet() {
            store.changeByOther(object -> object.setStatus(status("s-1")));

            assertThat(writer.refreshIf(object -> false)).isFalse();
            assertThat(writer.resource().getStatus()).isNull();
        }

        @Test
        void rejectsOtherObjectOfSameName() {
            store.changeByOther(object -> object.getMetadata().setUid("uid-2"));

            assertThat(writer.refreshIf(object -> true)).isFalse();
        }

        @Test
        void rejectsObjectThatIsGone() {
            store.deleteByOther();

            assertThat(writer.refreshIf(object -> true)).isFalse();
        }
    }

    @Nested
    class FinalizerAndDeletion {
        @Test
        void addsAndRemovesFinalizer() {
            writer.addFinalizer();
            assertThat(store.get().getFinalizers()).containsExactly(Api.FINALIZER);

            assertThat(writer.removeFinalizer(Optional.empty())).isTrue();
            assertThat(store.get().getFinalizers()).isEmpty();
            assertThat(events).isEmpty();
        }

        @Test
        void recordsEventAfterItRemovedFinalizer() {
            store.beforeNextWrite(() -> assertThat(events).isEmpty());

            writer.removeFinalizer(Optional.of(EVENT));

            assertThat(store.writes()).containsExactly("metadata");
            assertThat(events).hasSize(1);
        }

        @Test
        void returnsFalseWhenObjectIsAlreadyGone() {
            store.deleteByOther();

            assertThat(writer.removeFinalizer(Optional.of(EVENT))).isFalse();
            assertThat(events).isEmpty();
        }

        @Test
        void throwsConflictWhenObjectChangedBeforeFinalizerIsRemoved() {
            writer.addFinalizer();
            store.changeByOther(object -> object.getMetadata().setLabels(Map.of("a", "b")));

            assertThatThrownBy(() -> writer.removeFinalizer(Optional.empty()))
                    .isInstanceOf(KubernetesClientException.class);
            assertThat(store.get().getFinalizers()).containsExactly(Api.FINALIZER);
        }

        @Test
        void deletesOnlyVersionThatWasRead() {
            store.changeByOther(object -> object.getMetadata().setLabels(Map.of("a", "b")));

            assertThatThrownBy(() -> writer.delete(Optional.empty())).isInstanceOf(KubernetesClientException.class);
            assertThat(store.isEmpty()).isFalse();
        }

        @Test
        void recordsEventAndDeletesObject() {
            writer.delete(Optional.of(EVENT));

            assertThat(events).singleElement().returns("InvalidRequest", Event::getReason);
            assertThat(store.isEmpty()).isTrue();
        }
    }

    private static Function<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> recording(String id) {
        return current -> status(id);
    }

    private static Predicate<VolumeSnapshotRequest> recordsOtherThan(String id) {
        return current ->
                current.getStatus() != null && !id.equals(current.getStatus().snapshotId());
    }

    private static VolumeSnapshotRequestStatus status(String id) {
        return Serialization.unmarshal("{\"snapshotId\": \"" + id + "\"}", VolumeSnapshotRequestStatus.class);
    }
}
