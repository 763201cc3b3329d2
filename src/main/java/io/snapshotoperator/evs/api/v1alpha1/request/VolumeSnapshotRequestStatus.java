/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.request;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import io.snapshotoperator.evs.api.v1alpha1.FailedAttempt;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/**
 * The state of the request. Null means not known, or not known yet. Absent lists read as empty, and empty lists are not
 * written. Times are RFC 3339 in UTC.
 *
 * @param observedGeneration the generation to which the conditions refer; -1 before the first reconcile (the default of
 *     the schema)
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@RecordBuilder
public record VolumeSnapshotRequestStatus(
        @JsonPropertyDescription("The id of the snapshot in the cloud.")
        String snapshotId,

        @JsonPropertyDescription(
                "The status of the snapshot, as the cloud reports it, for example creating, available, error,"
                        + " deleting or error_deleting.")
        String snapshotStatus,

        @JsonPropertyDescription("The name of the snapshot in the cloud.")
        String snapshotName,

        @JsonPropertyDescription("The id of the volume from which the snapshot was created.")
        String volumeId,

        @JsonPropertyDescription("The size of the volume in GiB when the snapshot was created.")
        Integer sizeGiB,

        @JsonPropertyDescription("The time at which the cloud created the snapshot (RFC 3339, UTC).")
        String createdAt,

        @JsonPropertyDescription("The time at which the cloud last changed the snapshot (RFC 3339, UTC).")
        String updatedAt,

        @JsonPropertyDescription(
                "The id of the project that contains the snapshot. Its absence from another project proves"
                        + " nothing.")
        String projectId,

        @JsonPropertyDescription("The address of the EVS API through which the operator created or found the snapshot.")
        String endpoint,

        @JsonPropertyDescription(
                "The time at which the operator first observed the snapshot as available (RFC 3339, UTC)."
                        + " ttl counts from this time.")
        String readyAt,

        @JsonPropertyDescription("The number of failed snapshots that the operator replaced (failurePolicy Replace).")
        Integer replacements,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription(
                "The ids of other snapshots in the cloud that carry this object's ownership marker. The operator"
                        + " deletes one only if it is provably a duplicate. Check the ids that remain here and delete"
                        + " the snapshots that you do not need.")
        List<String> duplicateSnapshotIds,

        @JsonPropertyDescription(
                "Present while the claim of the request is being deleted, or is gone, and the reclaim policy of its"
                        + " PersistentVolume is Delete: the cloud deletes the snapshots of a volume together with the"
                        + " volume. The conditions do not change by it.")
        SourceRisk sourceRisk,

        @JsonPropertyDescription(
                "The metadata.generation to which the conditions refer. -1 before the first reconcile of"
                        + " this object.")
        Long observedGeneration,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription(
                "Ready: the snapshot exists and can be used now. Reconciling: the operator is working and continues"
                        + " without help. Stalled: nothing changes until someone edits the object or repairs"
                        + " something outside.")
        List<Condition> conditions,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = 5)
        @JsonPropertyDescription(
                "At most five failed calls to the cloud, newest last. Equal failures are one entry with a count. A"
                        + " failed read or login is listed only if its reason is new.")
        List<FailedAttempt> failedAttempts,

        @JsonPropertyDescription("The state of the VolumeSnapshotContent, if spec.volumeSnapshotContent asks for one.")
        SnapshotContentStatus volumeSnapshotContent) {

    public VolumeSnapshotRequestStatus {
        duplicateSnapshotIds = duplicateSnapshotIds == null ? List.of() : List.copyOf(duplicateSnapshotIds);
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
        failedAttempts = failedAttempts == null ? List.of() : List.copyOf(failedAttempts);
    }
}
