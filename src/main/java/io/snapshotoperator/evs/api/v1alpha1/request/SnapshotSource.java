/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.request;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.snapshotoperator.evs.api.v1alpha1.ValidationRules;

/**
 * What to take a snapshot of. Exactly one of the three is set, the others are null. Ids are dashed UUIDs (EVS
 * reference, section 0) but opaque to us, so the schema refuses only what could not stand in a URL's path.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value =
                "[has(self.volumeId), has(self.persistentVolumeClaimName), has(self.snapshotId)].exists_one(given, given)",
        message = "set exactly one of volumeId, persistentVolumeClaimName and snapshotId")
public record SnapshotSource(
        @Pattern(ValidationRules.ID)
        @Size(max = 64)
        @JsonPropertyDescription("The id of the EVS disk to take a snapshot of, as the cloud shows it,"
                + " for example 5aa119a8-d25b-45a7-8d1b-88e127885635.")
        String volumeId,

        @Size(min = 1, max = 253)
        @ValidationRule(
                value = ValidationRules.IS_OBJECT_NAME,
                message = "must be the name of a PersistentVolumeClaim of this namespace:"
                        + " lower-case letters, digits, dashes and dots")
        @JsonPropertyDescription("The name of a PersistentVolumeClaim of the same namespace,"
                + " bound to an EVS disk; a snapshot of that disk is taken.")
        String persistentVolumeClaimName,

        @Pattern(ValidationRules.ID)
        @Size(max = 64)
        @JsonPropertyDescription("The id of a snapshot that exists in the cloud. Nothing is created: the snapshot is"
                + " shown and watched here, and kept when this object goes unless deletionPolicy says Delete.")
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
