/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.csi;

import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import io.snapshotoperator.evs.csi.ContentAdmission;
import io.snapshotoperator.evs.csi.ContentAdmission.DriverLocation;
import io.snapshotoperator.evs.csi.ContentName;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Tells which requests may have a content, by the rules of {@link ContentAdmission}. */
public final class ContentPermission {
    /** Stands for every namespace. */
    private static final String ALL = "*";

    private final boolean enabled;
    private final Set<String> rawIdNamespaces;
    private final Supplier<DriverLocation> drivers;

    /**
     * @param enabled whether the administrator allows contents
     * @param rawIdNamespaces namespaces whose requests may have one although they name an id, or {@code *} for all
     * @param drivers returns where the CSI drivers of the cluster have their volumes; may log in
     */
    public ContentPermission(boolean enabled, Set<String> rawIdNamespaces, Supplier<DriverLocation> drivers) {
        this.enabled = enabled;
        this.rawIdNamespaces = Set.copyOf(rawIdNamespaces);
        this.drivers = drivers;
    }

    ContentAdmission check(VolumeSnapshotRequest request) {
        var ready = Optional.ofNullable(request.getStatus()).filter(ContentPermission::isReady);
        if (ready.isEmpty()) {
            return ContentAdmission.ofUnready(enabled);
        }
        if (!isProven(request)) {
            return ContentAdmission.ofUnproven(enabled);
        }
        return ContentAdmission.ofReady(
                enabled,
                isSourceAllowed(request),
                ready.flatMap(ContentPermission::location),
                enabled ? drivers.get() : new DriverLocation.Nowhere());
    }

    private boolean isSourceAllowed(VolumeSnapshotRequest request) {
        return request.getSpec().source().persistentVolumeClaimName() != null
                || rawIdNamespaces.contains(ALL)
                || rawIdNamespaces.contains(request.getMetadata().getNamespace());
    }

    /**
     * Whether the recorded snapshot is that of the request, as far as the object shows: its spec names the snapshot, or it has an
     * intent, or an earlier content, of its own. A status that was restored from a backup is of another object.
     */
    private static boolean isProven(VolumeSnapshotRequest request) {
        var imported = request.getSpec().source().snapshotId();
        var uid = request.getMetadata().getUid();
        return imported != null
                ? imported.equals(request.getStatus().snapshotId())
                : CreateIntentJson.read(request) instanceof CreateIntentJson.ParsedIntent.Valid
                        || SnapshotContentExtension.recorded(request)
                                .map(SnapshotContentStatus::name)
                                .filter(name -> ContentName.binding(uid, name) > 0)
                                .isPresent();
    }

    private static boolean isReady(VolumeSnapshotRequestStatus status) {
        return Conditions.isReady(status.conditions())
                && status.snapshotId() != null
                && !status.snapshotId().isBlank();
    }

    private static Optional<CloudLocation> location(VolumeSnapshotRequestStatus status) {
        return status.endpoint() == null || status.projectId() == null
                ? Optional.empty()
                : Optional.of(new CloudLocation(status.endpoint(), status.projectId()));
    }
}
