/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The API server of the model: one object. Every write is locked to the version that it was made from. */
final class ModelObject {
    private final List<VolumeSnapshotRequest> versions = new ArrayList<>();
    private boolean gone;

    ModelObject(VolumeSnapshotRequest first) {
        var object = copy(first);
        object.getMetadata().setResourceVersion("1");
        versions.add(object);
    }

    /** Returns the newest version; empty if the object is gone. */
    Optional<VolumeSnapshotRequest> current() {
        return gone ? Optional.empty() : Optional.of(newest());
    }

    /** Returns the newest version, also if the object is gone. */
    VolumeSnapshotRequest newest() {
        return versions.get(versions.size() - 1);
    }

    /** Returns a version that an informer can still show. */
    VolumeSnapshotRequest earlier(int steps) {
        return versions.get(Math.max(0, versions.size() - 1 - steps));
    }

    /** @throws KubernetesClientException 409 if {@code from} is not the newest version, 404 if the object is gone */
    VolumeSnapshotRequest patch(VolumeSnapshotRequest from, UnaryOperator<VolumeSnapshotRequest> change) {
        if (gone) {
            throw new KubernetesClientException("not found", HttpURLConnection.HTTP_NOT_FOUND, null);
        }
        if (!from.getMetadata()
                .getResourceVersion()
                .equals(newest().getMetadata().getResourceVersion())) {
            throw new KubernetesClientException("conflict", HttpURLConnection.HTTP_CONFLICT, null);
        }
        var object = change.apply(copy(from));
        object.getMetadata().setResourceVersion(Integer.toString(versions.size() + 1));
        versions.add(object);
        if (object.isMarkedForDeletion() && object.getMetadata().getFinalizers().isEmpty()) {
            gone = true;
        }
        return object;
    }

    /** Writes as a user does, who reads before each write. */
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
        delete(newest(), now);
    }

    /** Deletes this version as {@link #patch} writes it. */
    void delete(VolumeSnapshotRequest version, Instant now) {
        patch(version, object -> {
            object.getMetadata().setDeletionTimestamp(now.toString());
            return object;
        });
    }

    static VolumeSnapshotRequest copy(VolumeSnapshotRequest request) {
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
