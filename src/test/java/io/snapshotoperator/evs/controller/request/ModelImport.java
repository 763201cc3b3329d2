/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.controller.ResourceStore;
import io.snapshotoperator.evs.snapshot.RecordedState;
import io.snapshotoperator.evs.testing.InvariantInputs;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.HashMap;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A second request of the model: it imports the snapshot that the first one shows. It must tell the truth about it, too. */
final class ModelImport {
    static final String NAME = "import";

    private final LifecycleModel model;
    private final SnapshotId id;
    private final ModelObject object;
    private int statusWrites;

    ModelImport(LifecycleModel model, SnapshotId id, Instant now) {
        this.model = model;
        this.id = id;
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withName(NAME)
                .withNamespace("shop")
                .withUid("0b8e2f64-7f0e-4d3b-9e55-000000000002")
                .withGeneration(1L)
                .withCreationTimestamp(now.toString())
                .withAnnotations(new HashMap<>())
                .build());
        request.setSpec(VolumeSnapshotRequestSpec.of(SnapshotSource.ofSnapshot(id.value())));
        this.object = new ModelObject(request);
    }

    VolumeSnapshotRequest newest() {
        return object.newest();
    }

    int statusWrites() {
        return statusWrites;
    }

    /** Checks the status when no more faults occur and nothing changes. */
    void settled() {
        var recorded = StatusMapper.read(newest());
        var stored = model.cloud().find(id).orElseThrow();
        var expected = stored.gone
                ? recorded.snapshot().map(snapshot -> "SnapshotMissing").orElse("ImportNotFound")
                : switch (stored.status) {
                    case "available" -> "SnapshotAvailable";
                    case "error" -> "SnapshotFailed";
                    case "error_deleting" -> "DeletionFailed";
                    default -> throw new AssertionError("not settled after hours without faults: " + stored);
                };
        assertThat(recorded.reason().map(Reason::name))
                .as("the second object of " + stored)
                .contains(expected);
        if (!stored.gone) {
            assertThat(recorded.snapshot().flatMap(RecordedState.RecordedSnapshot::name))
                    .as("the name that the second object shows")
                    .contains(stored.name);
        }
        model.reached("the second object settled: " + expected);
    }

    /** The store of one of its reconciles. By choice the API server does not store a write. */
    ResourceStore<VolumeSnapshotRequest> store(ModelProcess writer) {
        return new Store(writer);
    }

    private final class Store implements ResourceStore<VolumeSnapshotRequest> {
        private final ModelProcess writer;

        private Store(ModelProcess writer) {
            this.writer = writer;
        }

        @Override
        public VolumeSnapshotRequest patchMetadata(
                VolumeSnapshotRequest resource, UnaryOperator<VolumeSnapshotRequest> change) {
            return patch(resource, change);
        }

        @Override
        public VolumeSnapshotRequest patchStatus(
                VolumeSnapshotRequest resource, UnaryOperator<VolumeSnapshotRequest> change) {
            var written = patch(resource, change);
            statusWrites++;
            var recorded = StatusMapper.read(written);
            model.trace(() -> "    second object wrote "
                    + recorded.reason().map(Reason::name).orElse("-"));
            if (InvariantInputs.isTrue(written, "Ready")) {
                assertThat(writer.lastState(id.value()))
                        .as("the last observation when the second object is ready")
                        .isEqualTo("available");
            }
            return written;
        }

        private VolumeSnapshotRequest patch(
                VolumeSnapshotRequest resource, UnaryOperator<VolumeSnapshotRequest> change) {
            writer.requireAlive();
            if (model.choices.once(20)) {
                throw new KubernetesClientException("unavailable", HttpURLConnection.HTTP_UNAVAILABLE, null);
            }
            return object.patch(resource, change);
        }

        @Override
        public Optional<VolumeSnapshotRequest> read(VolumeSnapshotRequest resource) {
            return object.current();
        }

        @Override
        public Stream<VolumeSnapshotRequest> others(VolumeSnapshotRequest resource) {
            return model.object().current().stream();
        }

        @Override
        public void delete(VolumeSnapshotRequest resource) {
            throw new AssertionError("nothing deletes the second object");
        }
    }
}
