/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.snapshotoperator.evs.api.v1alpha1.RequestRef;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreSpec;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatus;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.condition.Reason;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.simulator.Volume;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The steps and assertions of a story about restores. */
public record RestoreSteps(Story story) {

    public static VolumeSnapshotRestoreSpecBuilder ofRequest(String name) {
        return VolumeSnapshotRestoreSpecBuilder.builder().requestRef(new RequestRef(name));
    }

    public VolumeSnapshotRestore apply(String name, VolumeSnapshotRestoreSpec spec) {
        var restore = new VolumeSnapshotRestore();
        restore.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(story.namespace())
                .build());
        restore.setSpec(spec);
        return story.kubernetes().resource(restore).create();
    }

    private Resource<VolumeSnapshotRestore> resource(String name) {
        return story.kubernetes()
                .resources(VolumeSnapshotRestore.class)
                .inNamespace(story.namespace())
                .withName(name);
    }

    public Optional<VolumeSnapshotRestore> find(String name) {
        return Optional.ofNullable(resource(name).get());
    }

    public VolumeSnapshotRestore get(String name) {
        return find(name).orElseThrow(() -> new AssertionError(name + " is gone"));
    }

    public VolumeSnapshotRestoreStatus status(String name) {
        return Optional.ofNullable(get(name).getStatus())
                .orElseThrow(() -> new AssertionError(name + " has no status yet"));
    }

    /** Edits the current version of the object. */
    public void edit(String name, Consumer<VolumeSnapshotRestore> change) {
        resource(name).edit(restore -> {
            change.accept(restore);
            return restore;
        });
    }

    public void annotate(String name, String key, String value) {
        edit(name, restore -> {
            var annotations = new HashMap<>(
                    Optional.ofNullable(restore.getMetadata().getAnnotations()).orElseGet(HashMap::new));
            annotations.put(key, value);
            restore.getMetadata().setAnnotations(annotations);
        });
    }

    /** Removes the status, as a restore without status or a user can do. */
    public void wipeStatus(String name) {
        resource(name).editStatus(restore -> {
            restore.setStatus(null);
            return restore;
        });
    }

    public void delete(String name) {
        resource(name).delete();
    }

    public VolumeSnapshotRestoreStatus awaitReason(String name, Reason reason) {
        Story.eventually().untilAsserted(() -> assertThat(find(name)
                        .map(VolumeSnapshotRestore::getStatus)
                        .flatMap(status -> Conditions.readyReason(status.conditions())))
                .as(() -> name + " in " + find(name).map(VolumeSnapshotRestore::getStatus))
                .contains(reason.name()));
        return status(name);
    }

    public VolumeSnapshotRestoreStatus awaitRestored(String name) {
        return awaitReason(name, RestoreReason.VolumeRestored);
    }

    public void awaitGone(String name) {
        Story.eventually().untilAsserted(() -> assertThat(find(name).map(VolumeSnapshotRestore::getStatus))
                .as(name)
                .isEmpty());
    }

    /** Returns the volumes in the cloud that carry the marker of the object. */
    public List<Volume> volumesOf(String uid) {
        return story.cloud().volumes().livingBy("evs-snapshot-operator.uid").getOrDefault(uid, List.of());
    }

    /** Asserts that the cloud contains one volume of the restore, and that it is the recorded one. */
    public void assertOneVolume(String name) {
        var restore = RestoreInputs.restore(name, get(name));
        var invariants = RestoreInputs.of(story.cloud(), create -> false);
        assertThat(invariants.oneLivingVolume(restore)).isEmpty();
        assertThat(invariants.remainingAreMarked(restore)).isEmpty();
        assertThat(invariants.createdOnce(restore, failed -> true)).isEmpty();
    }
}
