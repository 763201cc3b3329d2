/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.csi;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.ClaimVolumeResolver;
import io.snapshotoperator.evs.controller.ClaimVolumeResolver.VolumeDriver;
import io.snapshotoperator.evs.csi.ContentAdmission;
import io.snapshotoperator.evs.csi.ContentReason;
import io.snapshotoperator.evs.csi.DesiredContent;
import io.snapshotoperator.evs.csi.DesiredContentBuilder;
import java.util.Optional;

/** Finds out which content a request is to have: whether it may have one, and of which CSI driver. */
record ContentPlanner(ContentPermission permission, ClaimVolumeResolver claims) {
    /** Which content a request is to have, or why it cannot have one now. */
    sealed interface Plan {
        record Wanted(DesiredContent content) implements Plan {}

        record Blocked(Verdict verdict) implements Plan {}

        /**
         * Nothing is reported yet.
         *
         * @param retrySoon whether it is known soon; otherwise the request is reconciled when it is ready
         */
        record NotYet(boolean retrySoon) implements Plan {}
    }

    /** @throws SnapshotApiException if the API server rejects a read of the claim or its volume, or does not respond */
    Plan plan(VolumeSnapshotRequest request, SnapshotContentSpec asked) {
        var admission = permission.check(request);
        if (admission instanceof ContentAdmission.NotKnownYet) {
            return new Plan.NotYet(true);
        }
        if (admission instanceof ContentAdmission.Refused refused) {
            // A new request becomes ready soon, and then it is reconciled.
            return refused.verdict().reason() == ContentReason.SnapshotNotReady
                            && SnapshotContentExtension.recorded(request).isEmpty()
                    ? new Plan.NotYet(false)
                    : new Plan.Blocked(refused.verdict());
        }
        if (asked.driver() != null && !claims.isKnown(asked.driver())) {
            return new Plan.Blocked(Verdict.of(
                    ContentReason.DriverUnknown,
                    "The drivers of EVS volumes are " + claims.knownDrivers()
                            + ". The setting evs.claim.csi-drivers adds a driver whose volume handle is a volume id."));
        }
        return driver(request, asked)
                .<Plan>map(driver -> new Plan.Wanted(desired(request, asked, driver)))
                .orElseGet(() -> new Plan.Blocked(Verdict.of(ContentReason.DriverUnknown)));
    }

    /**
     * Returns the driver that is asked for, else that of the claim. What was resolved is used again: later the claim can be gone, or
     * lead to another volume. A driver that was asked for and is not any more can be wrong, and then the content waits for it.
     */
    private Optional<VolumeDriver> driver(VolumeSnapshotRequest request, SnapshotContentSpec asked) {
        var recorded = SnapshotContentExtension.recorded(request).filter(content -> content.driver() != null);
        var mode = recorded.map(SnapshotContentStatus::sourceVolumeMode);
        if (asked.driver() != null) {
            // Kubernetes compares the mode of the volume with that of a restored one only if the content has it.
            var known = mode.or(() -> ofClaim(request).flatMap(claim -> Optional.ofNullable(claim.volumeMode())));
            return Optional.of(new VolumeDriver(asked.driver(), known.orElse(null)));
        }
        var isWaiting = recorded.filter(
                        content -> ContentReason.WaitingForDriver.name().equals(content.reason()))
                .isPresent();
        var again = recorded.map(content -> new VolumeDriver(content.driver(), content.sourceVolumeMode()));
        return isWaiting ? ofClaim(request).or(() -> again) : again.or(() -> ofClaim(request));
    }

    private Optional<VolumeDriver> ofClaim(VolumeSnapshotRequest request) {
        var claim = request.getSpec().source().persistentVolumeClaimName();
        var volume = Optional.ofNullable(request.getStatus().volumeId());
        try {
            return claim == null || volume.isEmpty()
                    ? Optional.empty()
                    : claims.driverOf(request.getMetadata().getNamespace(), claim, new VolumeId(volume.get()));
        } catch (KubernetesClientException rejected) {
            throw new SnapshotApiException(rejected);
        }
    }

    private static DesiredContent desired(
            VolumeSnapshotRequest request, SnapshotContentSpec asked, VolumeDriver driver) {
        return DesiredContentBuilder.builder()
                .snapshotHandle(SnapshotContentExtension.snapshotId(request).orElseThrow())
                .driver(driver.name())
                .sourceVolumeMode(Optional.ofNullable(driver.volumeMode()))
                .className(Optional.ofNullable(asked.className()))
                .volumeSnapshotName(Optional.ofNullable(asked.name())
                        .orElse(request.getMetadata().getName()))
                .createVolumeSnapshot(Boolean.TRUE.equals(asked.createVolumeSnapshot()))
                .build();
    }
}
