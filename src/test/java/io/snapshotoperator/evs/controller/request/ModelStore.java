/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.controller.ResourceStore;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The store of one reconcile of the model. By choice another client writes first, the API server does not respond before or
 * after it stored the write, is slow, or the process dies.
 */
final class ModelStore implements ResourceStore<VolumeSnapshotRequest> {
    private final LifecycleModel model;
    private final ModelProcess process;
    private final VolumeSnapshotRequest observed;
    private Optional<VolumeSnapshotRequest> written = Optional.empty();
    private boolean rejected;
    private boolean readLast;

    /** @param observed the version that the reconcile starts from */
    ModelStore(LifecycleModel model, ModelProcess process, VolumeSnapshotRequest observed) {
        this.model = model;
        this.process = process;
        this.observed = observed;
    }

    VolumeSnapshotRequest observed() {
        return observed;
    }

    /** Returns the version that this reconcile wrote last; empty if it wrote none. */
    Optional<VolumeSnapshotRequest> written() {
        return written;
    }

    /** Returns whether a write of this reconcile failed. */
    boolean wasRejected() {
        return rejected;
    }

    /** Returns whether the last access was a read. The operator reads only to confirm the recorded id of a duplicate. */
    boolean readLast() {
        return readLast;
    }

    @Override
    public VolumeSnapshotRequest patchMetadata(
            VolumeSnapshotRequest resource, UnaryOperator<VolumeSnapshotRequest> change) {
        var fate = before("a metadata patch");
        var changed = change.apply(ModelObject.copy(resource));
        var writesIntent = !intentText(changed).equals(intentText(resource));
        var removesFinalizer = resource.hasFinalizer(Api.FINALIZER) && !changed.hasFinalizer(Api.FINALIZER);
        if (removesFinalizer) {
            model.checks().beforeFinalizerRemoval(observed);
        }
        var stored = store(resource, change);
        if (removesFinalizer) {
            model.checks().onFinalizerRemoved(observed);
        }
        if (fate >= 50 && fate < 75 && writesIntent) {
            // A slow API server: the create request is sent long after the time in the create intent.
            model.elapse(Duration.ofSeconds(model.choices.draw(31)));
        }
        after(fate, "a metadata patch");
        if (writesIntent) {
            model.checks().onIntentConfirmed(stored);
        }
        return stored;
    }

    @Override
    public VolumeSnapshotRequest patchStatus(
            VolumeSnapshotRequest resource, UnaryOperator<VolumeSnapshotRequest> change) {
        var fate = before("a status patch");
        if (fate >= 84 && fate < 90 && process.hasUnrecordedId()) {
            model.reached("the API server rejects the write of an id");
            throw unavailable();
        }
        var stored = store(resource, change);
        model.checks().onStatusWritten(process, stored);
        after(fate, "a status patch");
        return stored;
    }

    @Override
    public Optional<VolumeSnapshotRequest> read(VolumeSnapshotRequest resource) {
        process.requireAlive();
        readLast = true;
        return model.object().current();
    }

    @Override
    public Stream<VolumeSnapshotRequest> others(VolumeSnapshotRequest resource) {
        return model.second().map(ModelImport::newest).stream();
    }

    @Override
    public void delete(VolumeSnapshotRequest resource) {
        var fate = before("a delete");
        model.reached("the operator deletes the request");
        try {
            model.object().delete(resource, model.now());
        } catch (KubernetesClientException conflict) {
            rejected = true;
            throw conflict;
        }
        process.wake();
        after(fate, "a delete");
    }

    private int before(String what) {
        process.requireAlive();
        readLast = false;
        var fate = model.choices.draw(100);
        if (fate >= 96) {
            model.writeByOtherClient();
        } else if (fate >= 94) {
            throw process.die("before " + what);
        } else if (fate == 90) {
            model.reached("the API server rejects " + what);
            throw unavailable();
        }
        return fate;
    }

    private void after(int fate, String what) {
        if (fate == 93 || fate == 92) {
            throw process.die("after " + what);
        }
        if (fate == 91) {
            model.reached("the response to " + what + " is lost");
            throw unavailable();
        }
    }

    private VolumeSnapshotRequest store(VolumeSnapshotRequest resource, UnaryOperator<VolumeSnapshotRequest> change) {
        try {
            var stored = model.object().patch(resource, change);
            written = Optional.of(stored);
            return stored;
        } catch (KubernetesClientException conflict) {
            rejected = true;
            model.reached("a write is rejected with " + conflict.getCode());
            throw conflict;
        }
    }

    private KubernetesClientException unavailable() {
        rejected = true;
        return new KubernetesClientException("unavailable", HttpURLConnection.HTTP_UNAVAILABLE, null);
    }

    private static Optional<String> intentText(VolumeSnapshotRequest request) {
        return Optional.ofNullable(request.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(Api.CREATE_INTENT));
    }
}
