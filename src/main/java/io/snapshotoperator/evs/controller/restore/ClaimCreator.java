/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.snapshotoperator.evs.api.v1alpha1.restore.ClaimTemplate;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.controller.ApiServerException;
import io.snapshotoperator.evs.controller.ClaimVolumeResolver;
import java.net.HttpURLConnection;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Creates the PersistentVolume of a restored volume, and the claim that is bound to it. It never changes or deletes an
 * object. If the process ends between the two, the next reconcile finds the first one by its name, which is computed from
 * the UID of the restore.
 */
public final class ClaimCreator {
    private static final int TOO_MANY_REQUESTS = 429;

    private final KubernetesClient kubernetes;
    private final boolean allowed;
    private final Set<String> drivers;

    /** What became of PersistentVolume and claim. */
    sealed interface Result {
        /** Both exist. */
        record Created(String volumeName, String claimName) implements Result {}

        /**
         * One of them does not exist.
         *
         * @param message why, and what to do; the same text for the same cause
         * @param retries whether another attempt can help while the settings are the same
         */
        record NotCreated(String message, boolean retries) implements Result {}

        /** The API server did not respond, or not now. */
        record TryLater() implements Result {}
    }

    /**
     * Makes the creator for all restores.
     *
     * @param allowed whether the administrator allows it
     * @param moreDrivers additional CSI drivers whose volume handle is the id of a volume
     */
    public ClaimCreator(KubernetesClient kubernetes, boolean allowed, Set<String> moreDrivers) {
        this.kubernetes = kubernetes;
        this.allowed = allowed;
        this.drivers = new TreeSet<>(ClaimVolumeResolver.KNOWN_DRIVERS);
        this.drivers.addAll(moreDrivers);
    }

    /** Whether the restore is ready, asks for a claim, and has none yet. */
    static boolean isWanted(VolumeSnapshotRestore restore) {
        var status = RestoreStatusMapper.status(restore);
        return restore.getSpec().persistentVolumeClaim() != null
                && status.persistentVolumeClaimName() == null
                && !restore.isMarkedForDeletion()
                && Conditions.isReady(status.conditions());
    }

    /**
     * Creates what does not exist yet.
     *
     * @param restore a restore that {@link #isWanted}
     * @param endpointIsTrusted whether the administrator chose the endpoint that reported the volume
     * @param isOwned reads whether the volume carries the ownership marker; empty if the cloud gives no answer
     */
    Result create(VolumeSnapshotRestore restore, boolean endpointIsTrusted, Supplier<Optional<Boolean>> isOwned) {
        var template = restore.getSpec().persistentVolumeClaim();
        if (!allowed) {
            return new Result.NotCreated(
                    "The administrator of the operator does not let it create claims"
                            + " (evs.restores.create-claims). The command restore-manifest prints them.",
                    false);
        }
        if (!endpointIsTrusted) {
            return new Result.NotCreated(
                    "The operator creates claims only over its own connection, because users of an"
                            + " EvsConnection choose its endpoint. The command restore-manifest prints them for an administrator.",
                    false);
        }
        if (!drivers.contains(template.driver())) {
            return new Result.NotCreated(
                    "The CSI driver " + template.driver() + " is unknown. Use one of "
                            + String.join(", ", drivers)
                            + ". The setting evs.claim.csi-drivers adds a driver whose volume handle is a volume id.",
                    false);
        }
        var owned = isOwned.get();
        if (owned.isEmpty()) {
            return new Result.TryLater();
        }
        if (!owned.get()) {
            return new Result.NotCreated(
                    "The cloud does not show the ownership marker of this object on the volume.", true);
        }
        try {
            return create(restore, new ClaimManifests(restore, template));
        } catch (IllegalArgumentException incomplete) {
            return new Result.NotCreated(incomplete.getMessage(), true);
        } catch (KubernetesClientException failure) {
            return rejected(failure, "");
        }
    }

    private static Result rejected(KubernetesClientException failure, String remark) {
        return isDefinite(failure)
                ? new Result.NotCreated(ApiServerException.describe(failure) + remark, true)
                : new Result.TryLater();
    }

    /** The claim is looked up first, so that no PersistentVolume is reserved for the claim of someone else. */
    private Result create(VolumeSnapshotRestore restore, ClaimManifests manifests) {
        var template = restore.getSpec().persistentVolumeClaim();
        var existingClaim = findClaim(manifests.claim());
        if (existingClaim.isPresent() && !isOurs(existingClaim.get(), manifests.claim())) {
            return claimIsTaken(template);
        }
        var volume = findOrCreate(manifests.persistentVolume());
        if (!isOurs(volume, manifests.persistentVolume())) {
            return new Result.NotCreated(
                    "There is another PersistentVolume " + volume.getMetadata().getName()
                            + ". The operator does not change it. Ask an administrator to delete it.",
                    true);
        }
        try {
            var claim = existingClaim.orElseGet(() -> findOrCreate(manifests.claim()));
            return isOurs(claim, manifests.claim())
                    ? new Result.Created(volume.getMetadata().getName(), template.name())
                    : claimIsTaken(template);
        } catch (KubernetesClientException failure) {
            return rejected(
                    failure, " The PersistentVolume " + volume.getMetadata().getName() + " exists already.");
        }
    }

    private static Result claimIsTaken(ClaimTemplate template) {
        return new Result.NotCreated(
                "There is another claim " + template.name()
                        + " in this namespace. The operator does not change it. Delete it, or create another"
                        + " VolumeSnapshotRestore with another name of a claim.",
                true);
    }

    private Optional<PersistentVolumeClaim> findClaim(PersistentVolumeClaim wanted) {
        return Optional.ofNullable(kubernetes.resource(wanted).get());
    }

    private PersistentVolume findOrCreate(PersistentVolume wanted) {
        return Optional.ofNullable(kubernetes.resource(wanted).get())
                .orElseGet(() -> createOrRead(
                        () -> kubernetes.resource(wanted).create(),
                        () -> kubernetes.resource(wanted).get()));
    }

    private PersistentVolumeClaim findOrCreate(PersistentVolumeClaim wanted) {
        return createOrRead(
                () -> kubernetes.resource(wanted).create(),
                () -> kubernetes.resource(wanted).get());
    }

    /** The object can have been created since it was looked up. */
    private static <T> T createOrRead(Supplier<T> create, Supplier<T> read) {
        try {
            return create.get();
        } catch (KubernetesClientException rejected) {
            if (rejected.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw rejected;
            }
            return Optional.ofNullable(read.get()).orElseThrow(() -> rejected);
        }
    }

    /**
     * A PersistentVolume of this volume and for this claim is what the operator would create, also if a user created
     * it.
     */
    private static boolean isOurs(PersistentVolume existing, PersistentVolume wanted) {
        var csi = existing.getSpec().getCsi();
        return !existing.isMarkedForDeletion()
                && csi != null
                && csi.getDriver().equals(wanted.getSpec().getCsi().getDriver())
                && csi.getVolumeHandle().equals(wanted.getSpec().getCsi().getVolumeHandle())
                && isFor(existing.getSpec().getClaimRef(), wanted.getSpec().getClaimRef());
    }

    private static boolean isFor(ObjectReference existing, ObjectReference wanted) {
        return existing != null
                && wanted.getNamespace().equals(existing.getNamespace())
                && wanted.getName().equals(existing.getName());
    }

    private static boolean isOurs(PersistentVolumeClaim existing, PersistentVolumeClaim wanted) {
        return !existing.isMarkedForDeletion()
                && Objects.equals(
                        existing.getSpec().getVolumeName(), wanted.getSpec().getVolumeName());
    }

    /**
     * Whether the rejection has a cause that someone must remove, such as a missing right, a quota or an
     * admission policy.
     */
    private static boolean isDefinite(KubernetesClientException failure) {
        return failure.getCode() >= HttpURLConnection.HTTP_BAD_REQUEST
                && failure.getCode() < HttpURLConnection.HTTP_INTERNAL_ERROR
                && failure.getCode() != HttpURLConnection.HTTP_CONFLICT
                && failure.getCode() != HttpURLConnection.HTTP_CLIENT_TIMEOUT
                && failure.getCode() != TOO_MANY_REQUESTS;
    }
}
