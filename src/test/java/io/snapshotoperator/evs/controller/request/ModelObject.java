/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The model's Kubernetes: one object, every write of which is locked to the version that it was made from. */
final class ModelObject {

    /** The version that a write was made from is no more, or the object is gone. */
    static final class Conflict extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final List<VolumeSnapshotRequest> versions = new ArrayList<>();
    private boolean gone;

    ModelObject(VolumeSnapshotRequest first) {
        var object = copy(first);
        object.getMetadata().setResourceVersion("1");
        versions.add(object);
    }

    /** Empty once the object is gone. */
    Optional<VolumeSnapshotRequest> current() {
        return gone ? Optional.empty() : Optional.of(newest());
    }

    /** How it was last, even if it is gone. */
    VolumeSnapshotRequest newest() {
        return versions.get(versions.size() - 1);
    }

    /** A version that an informer may still show. */
    VolumeSnapshotRequest earlier(int steps) {
        return versions.get(Math.max(0, versions.size() - 1 - steps));
    }

    VolumeSnapshotRequest patch(VolumeSnapshotRequest from, UnaryOperator<VolumeSnapshotRequest> change) {
        if (gone
                || !from.getMetadata()
                        .getResourceVersion()
                        .equals(newest().getMetadata().getResourceVersion())) {
            throw new Conflict();
        }
        var object = change.apply(copy(from));
        object.getMetadata().setResourceVersion(Integer.toString(versions.size() + 1));
        versions.add(object);
        if (object.isMarkedForDeletion() && object.getMetadata().getFinalizers().isEmpty()) {
            gone = true;
        }
        return object;
    }

    /** What a person does, who reads before writing. */
    void edit(UnaryOperator<VolumeSnapshotRequest> change) {
        patch(newest(), change);
    }

    void annotate(String key, Optional<String> value) {
        edit(object -> {
            var annotations = new HashMap<>(object.getMetadata().getAnnotations());
            value.ifPresentOrElse(text -> annotations.put(key, text), () -> annotations.remove(key));
            object.getMetadata().setAnnotations(annotations);
            return object;
        });
    }

    void delete(Instant now) {
        edit(object -> {
            object.getMetadata().setDeletionTimestamp(now.toString());
            return object;
        });
    }

    private static VolumeSnapshotRequest copy(VolumeSnapshotRequest request) {
        var copy = new VolumeSnapshotRequest();
        copy.setMetadata(new ObjectMetaBuilder(request.getMetadata()).build());
        if (copy.getMetadata().getAnnotations() == null) {
            copy.getMetadata().setAnnotations(new HashMap<>());
        }
        copy.setSpec(request.getSpec());
        copy.setStatus(request.getStatus());
        return copy;
    }
}
