/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.controller.UserTexts;
import io.snapshotoperator.evs.restore.DesiredRestore;
import io.snapshotoperator.evs.restore.DesiredRestoreBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Maps the spec and the annotations to the desired restore. */
final class RestoreSpecMapper {
    /** The default of the schema, for an object that is older than the schema. */
    private static final Duration READY_WITHIN = Duration.ofHours(1);

    private RestoreSpecMapper() {}

    /** @throws IllegalArgumentException with a sentence for users, if the spec cannot be used */
    static DesiredRestore desired(VolumeSnapshotRestore restore) {
        var spec = restore.getSpec();
        if (spec == null || spec.requestRef() == null || spec.requestRef().name() == null) {
            throw new IllegalArgumentException("spec.requestRef.name is missing.");
        }
        var annotations =
                Optional.ofNullable(restore.getMetadata().getAnnotations()).orElse(Map.of());
        return DesiredRestoreBuilder.builder()
                .sizeGiB(Optional.ofNullable(spec.sizeGiB()))
                .name(Optional.ofNullable(spec.name()))
                .description(Optional.ofNullable(spec.description()))
                .metadata(spec.metadata())
                .tags(spec.tags())
                // A value that this version does not know keeps the volume.
                .deleteVolume(deletesVolume(restore))
                .readyWithin(UserTexts.duration("spec.readyWithin", spec.readyWithin())
                        .orElse(READY_WITHIN))
                .paused(isPaused(restore))
                .abandon(isAbandoned(restore))
                .requests(UserTexts.requests(annotations))
                .build();
    }

    /** Returns whether the volume is deleted with the object. Works for an invalid restore too. */
    static boolean deletesVolume(VolumeSnapshotRestore restore) {
        return restore.getSpec() != null && restore.getSpec().deletionPolicy() == DeletionPolicy.Delete;
    }

    /** Returns whether the annotation {@code abandon} is set. Works for an invalid restore too. */
    static boolean isAbandoned(VolumeSnapshotRestore restore) {
        return isSet(restore, Api.ABANDON);
    }

    /** Returns whether the volume stays when the restore is deleted. Works for an invalid restore too. */
    static boolean keepsVolume(VolumeSnapshotRestore restore) {
        return isAbandoned(restore) || !deletesVolume(restore);
    }

    /** Returns whether the annotation {@code paused} is set. */
    static boolean isPaused(VolumeSnapshotRestore restore) {
        return isSet(restore, Api.PAUSED);
    }

    private static boolean isSet(VolumeSnapshotRestore restore, String annotation) {
        return Optional.ofNullable(restore.getMetadata().getAnnotations())
                .filter(annotations -> "true".equals(annotations.get(annotation)))
                .isPresent();
    }
}
