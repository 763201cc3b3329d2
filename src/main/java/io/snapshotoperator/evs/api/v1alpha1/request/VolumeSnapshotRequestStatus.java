/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.request;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * What became of the request. Null means not known (yet); absent lists read as empty, and empty lists are not written.
 * Times are RFC 3339 in UTC.
 *
 * @param observedGeneration the generation that the conditions speak of; -1 while no pass has seen the object (the
 *     schema's default)
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VolumeSnapshotRequestStatus(
        @JsonPropertyDescription("The snapshot's id in the cloud.")
        String snapshotId,

        @JsonPropertyDescription(
                "The snapshot's state in the cloud's own words, for example creating, available, error,"
                        + " deleting or error_deleting.")
        String snapshotStatus,

        @JsonPropertyDescription("The snapshot's name in the cloud.")
        String snapshotName,

        @JsonPropertyDescription("The id of the disk that the snapshot was taken of.")
        String volumeId,

        @JsonPropertyDescription("The disk's size in GiB when the snapshot was taken.")
        Integer sizeGiB,

        @JsonPropertyDescription("When the cloud created the snapshot (RFC 3339, UTC).")
        String createdAt,

        @JsonPropertyDescription("When the cloud last changed the snapshot (RFC 3339, UTC).")
        String updatedAt,

        @JsonPropertyDescription("The project in which the snapshot lives. Its absence in another one proves nothing.")
        String projectId,

        @JsonPropertyDescription(
                "The address of the cloud's interface through which the snapshot was created or found.")
        String endpoint,

        @JsonPropertyDescription("When the snapshot was first seen as available (RFC 3339, UTC); ttl counts from here.")
        String readyAt,

        @JsonPropertyDescription("How many failed snapshots were deleted and asked for again (failurePolicy Replace).")
        Integer replacements,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription("Ids of further snapshots in the cloud that carry this object's marker and were left"
                + " alone, because nothing proves that they may go. Look at them and delete what is not needed.")
        List<String> duplicateSnapshotIds,

        @JsonPropertyDescription("The metadata.generation that the conditions speak of; -1 while the operator has not"
                + " seen the object.")
        Long observedGeneration,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription("Ready: the snapshot can be used now. Reconciling: something is under way and the"
                + " operator carries on by itself. Stalled: nothing will change until someone edits the spec or repairs"
                + " the surroundings.")
        List<Condition> conditions,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = 5)
        @JsonPropertyDescription("The last five failed orders, and failed looks or logins when their reason was new;"
                + " the newest last.")
        List<FailedAttempt> failedAttempts) {

    public VolumeSnapshotRequestStatus {
        duplicateSnapshotIds = duplicateSnapshotIds == null ? List.of() : List.copyOf(duplicateSnapshotIds);
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
        failedAttempts = failedAttempts == null ? List.of() : List.copyOf(failedAttempts);
    }
}
