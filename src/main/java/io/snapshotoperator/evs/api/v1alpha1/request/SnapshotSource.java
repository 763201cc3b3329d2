/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.request;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.snapshotoperator.evs.api.v1alpha1.ValidationRules;

/**
 * The source of a snapshot. Exactly one component is set, the others are null. Ids are dashed UUIDs in lower case.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value =
                "[has(self.volumeId), has(self.persistentVolumeClaimName), has(self.snapshotId)].exists_one(given, given)",
        message = "source does not have exactly one field. Set one of volumeId, persistentVolumeClaimName and"
                + " snapshotId, and remove the others.")
public record SnapshotSource(
        @Size(max = 64)
        @ValidationRule(
                value = ValidationRules.IS_CLOUD_ID,
                message =
                        "volumeId is not the id of a volume. Use the id that the cloud shows, not the name: 32 hexadecimal"
                                + " digits in lower case with dashes, for example 5aa119a8-d25b-45a7-8d1b-88e127885635.")
        @JsonPropertyDescription(
                "The id of a volume in the cloud, for example 5aa119a8-d25b-45a7-8d1b-88e127885635. The"
                        + " operator creates a snapshot of it.")
        String volumeId,

        @Size(min = 1, max = 253)
        @ValidationRule(
                value = ValidationRules.IS_OBJECT_NAME,
                message =
                        "persistentVolumeClaimName is not a valid name. Use the name of a PersistentVolumeClaim in this"
                                + " namespace: lower-case letters, digits, dashes and dots.")
        @JsonPropertyDescription(
                "The name of a PersistentVolumeClaim in the same namespace. The operator creates a snapshot"
                        + " of the volume to which the claim is bound.")
        String persistentVolumeClaimName,

        @Size(max = 64)
        @ValidationRule(
                value = ValidationRules.IS_CLOUD_ID,
                message =
                        "snapshotId is not the id of a snapshot. Use the id that the cloud shows, not the name: 32 hexadecimal"
                                + " digits in lower case with dashes, for example 5aa119a8-d25b-45a7-8d1b-88e127885635.")
        @JsonPropertyDescription(
                "The id of a snapshot that exists in the cloud. The operator creates nothing. It shows the state of"
                        + " this snapshot, and keeps the snapshot when this object is deleted, unless deletionPolicy"
                        + " is Delete.")
        String snapshotId) {

    public static SnapshotSource ofVolume(String volumeId) {
        return new SnapshotSource(volumeId, null, null);
    }

    public static SnapshotSource ofClaim(String persistentVolumeClaimName) {
        return new SnapshotSource(null, persistentVolumeClaimName, null);
    }

    public static SnapshotSource ofSnapshot(String snapshotId) {
        return new SnapshotSource(null, null, snapshotId);
    }
}
