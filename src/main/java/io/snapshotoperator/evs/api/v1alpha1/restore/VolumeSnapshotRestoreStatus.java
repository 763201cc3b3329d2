/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.restore;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import io.snapshotoperator.evs.api.v1alpha1.FailedAttempt;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/**
 * The state of the restore. Null means not known, or not known yet. Absent lists read as empty, and empty lists are not written.
 * Times are RFC 3339 in UTC.
 *
 * @param observedGeneration the generation to which the conditions refer; -1 before the first reconcile (the default of the
 *     schema)
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@RecordBuilder
public record VolumeSnapshotRestoreStatus(
        @JsonPropertyDescription("The id of the volume in the cloud.")
        String volumeId,

        @JsonPropertyDescription(
                "The status of the volume, as the cloud reports it, for example creating, available, in-use or error.")
        String volumeStatus,

        @JsonPropertyDescription("The id of the snapshot from which the volume is created.")
        String snapshotId,

        @JsonPropertyDescription("The id of the job of the cloud that creates the volume.")
        String jobId,

        @JsonPropertyDescription("The size of the volume in GiB.")
        Integer sizeGiB,

        @JsonPropertyDescription("The availability zone of the volume, which is that of the source volume.")
        String availabilityZone,

        @JsonPropertyDescription("The type of the volume, which is that of the source volume.")
        String volumeType,

        @JsonPropertyDescription(
                "The id of the project that contains the volume. Its absence from another project proves" + " nothing.")
        String projectId,

        @JsonPropertyDescription("The address of the EVS API through which the operator created or found the volume.")
        String endpoint,

        @JsonPropertyDescription(
                "The time at which the operator first observed the volume as available (RFC 3339, UTC).")
        String readyAt,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription(
                "The ids of other volumes in the cloud that carry this object's ownership marker. The operator deletes one"
                        + " only if it is provably a duplicate. Check the ids that remain here and delete the volumes that you do"
                        + " not need.")
        List<String> duplicateVolumeIds,

        @JsonPropertyDescription("The name of the PersistentVolume that the operator created.")
        String persistentVolumeName,

        @JsonPropertyDescription("The name of the PersistentVolumeClaim that the operator created.")
        String persistentVolumeClaimName,

        @JsonPropertyDescription(
                "Why the operator has not created the PersistentVolume and the claim of spec.persistentVolumeClaim, and what"
                        + " to do. Absent if it has created them, or if the spec asks for none.")
        String claimMessage,

        @JsonPropertyDescription(
                "The metadata.generation to which the conditions refer. -1 before the first reconcile of"
                        + " this object.")
        Long observedGeneration,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription(
                "Ready: the volume exists and can be used now. Reconciling: the operator is working and continues without"
                        + " help. Stalled: nothing changes until someone edits the object or repairs something outside.")
        List<Condition> conditions,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = 5)
        @JsonPropertyDescription(
                "At most five failed calls to the cloud, newest last. Equal failures are one entry with a count. A"
                        + " failed read or login is listed only if its reason is new.")
        List<FailedAttempt> failedAttempts) {

    public VolumeSnapshotRestoreStatus {
        duplicateVolumeIds = duplicateVolumeIds == null ? List.of() : List.copyOf(duplicateVolumeIds);
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
        failedAttempts = failedAttempts == null ? List.of() : List.copyOf(failedAttempts);
    }
}
