/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.csi;

import io.snapshotoperator.evs.cloud.CloudLocation;
import io.snapshotoperator.evs.condition.Verdict;
import java.util.Optional;

/**
 * Whether a request may have a content. A content lets the CSI driver restore a snapshot with the credentials of the cluster, which
 * reach the volumes of every team. So it must not name a snapshot that the owner of the request could not restore otherwise.
 *
 * <p>What proves this:
 *
 * <ul>
 *   <li>The request is ready, and its status records the snapshot. Only the operator writes a status, but an administrator can
 *       restore one from a backup. So the create intent, or the spec of an import, must be of this request too.
 *   <li>The source is a claim of the same namespace, so the snapshot contains what the namespace can read already. An id of a volume or
 *       a snapshot proves nothing. A namespace that may name ids over a connection can see and delete, but not read. So the
 *       administrator must allow it to read them too.
 *   <li>The snapshot is where the CSI drivers of the cluster have their volumes. A team chooses the endpoint of its own {@code
 *       EvsConnection}. Such an endpoint could report any id as a snapshot of its own, and the id could be that of another team's
 *       snapshot in the project of the cluster. Only the location that the administrator names is proof.
 * </ul>
 *
 * The reference of a content has the namespace of the request, so no {@code VolumeSnapshot} of another namespace can be bound to it.
 */
public sealed interface ContentAdmission {
    /** The operator may create a content. */
    record Allowed() implements ContentAdmission {}

    /** The operator must create no content now. What exists already stays. */
    record Refused(Verdict verdict) implements ContentAdmission {}

    /** It is not known yet, as after a start. */
    record NotKnownYet() implements ContentAdmission {}

    /** Where the CSI drivers of the cluster have their volumes. */
    sealed interface DriverLocation {
        record At(CloudLocation location) implements DriverLocation {}

        /** The administrator named no place, and the operator has no connection of its own. */
        record Nowhere() implements DriverLocation {}

        /** The operator has a connection of its own, and cannot log in. */
        record Unavailable() implements DriverLocation {}

        /** The operator has a connection of its own, and other threads log in now. */
        record NotKnownYet() implements DriverLocation {}
    }

    /** Decides for a request that is not ready. */
    static ContentAdmission ofUnready(boolean enabled) {
        return refused(enabled ? ContentReason.SnapshotNotReady : ContentReason.ContentNotEnabled);
    }

    /** Decides for a request whose recorded snapshot can be that of another object. */
    static ContentAdmission ofUnproven(boolean enabled) {
        return refused(enabled ? ContentReason.ContentSourceUnproven : ContentReason.ContentNotEnabled);
    }

    /**
     * Decides for a ready request.
     *
     * @param enabled whether the administrator allows contents
     * @param sourceAllowed whether the source is a claim, or the administrator allows contents for ids in this namespace
     * @param snapshot where the snapshot is, as the request records it; empty if it does not
     */
    static ContentAdmission ofReady(
            boolean enabled, boolean sourceAllowed, Optional<CloudLocation> snapshot, DriverLocation drivers) {
        if (!enabled) {
            return refused(ContentReason.ContentNotEnabled);
        }
        if (!sourceAllowed) {
            return refused(ContentReason.ContentSourceNotAllowed);
        }
        if (drivers instanceof DriverLocation.NotKnownYet) {
            return new NotKnownYet();
        }
        if (drivers instanceof DriverLocation.Unavailable) {
            return refused(ContentReason.DriverProjectUnknown);
        }
        return drivers instanceof DriverLocation.At at
                ? ofLocations(snapshot, at.location())
                : refused(ContentReason.SnapshotElsewhere);
    }

    private static ContentAdmission ofLocations(Optional<CloudLocation> snapshot, CloudLocation drivers) {
        return snapshot.equals(Optional.of(drivers))
                ? new Allowed()
                : new Refused(Verdict.of(
                        ContentReason.SnapshotElsewhere,
                        "The snapshot is in "
                                + snapshot.map(ContentAdmission::describe).orElse("an unknown project")
                                + ", the volumes are in " + describe(drivers) + "."));
    }

    private static String describe(CloudLocation location) {
        return "project " + location.projectId() + " at " + location.endpoint();
    }

    private static ContentAdmission refused(ContentReason reason) {
        return new Refused(Verdict.of(reason));
    }
}
