/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.schedule;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.snapshotoperator.evs.api.v1alpha1.ValidationRules;

/** Selects volumes of which a schedule takes snapshots. Exactly one component is set, the others are null. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "[has(self.persistentVolumeClaimName), has(self.persistentVolumeClaimNamePattern),"
                + " has(self.persistentVolumeClaimSelector), has(self.volumeId)].exists_one(given, given)",
        message =
                "A source does not have exactly one field. Set one of persistentVolumeClaimName,"
                        + " persistentVolumeClaimNamePattern, persistentVolumeClaimSelector and volumeId, and remove the others.")
public record SourceSelector(
        @Size(min = 1, max = 253)
        @ValidationRule(
                value = ValidationRules.IS_OBJECT_NAME,
                message =
                        "persistentVolumeClaimName is not a valid name. Use the name of a PersistentVolumeClaim in this"
                                + " namespace: lower-case letters, digits, dashes and dots.")
        @JsonPropertyDescription(
                "The name of a PersistentVolumeClaim in the same namespace. If it does not exist, the slot is skipped for it.")
        String persistentVolumeClaimName,

        @Size(min = 1, max = 253)
        @ValidationRule(
                value = "self.matches('^[-.a-z0-9*]+$')",
                message =
                        "persistentVolumeClaimNamePattern is not valid. Use lower-case letters, digits, dashes and dots,"
                                + " and * for any characters, for example data-postgres-*.")
        @JsonPropertyDescription(
                "A pattern of names of PersistentVolumeClaims in the same namespace, in which * matches any characters:"
                        + " data-postgres-* selects the claims of a StatefulSet.")
        String persistentVolumeClaimNamePattern,

        @JsonPropertyDescription(
                "The labels of PersistentVolumeClaims in the same namespace. It must have a condition.")
        ClaimSelector persistentVolumeClaimSelector,

        @Size(max = 64)
        @ValidationRule(
                value = ValidationRules.IS_CLOUD_ID,
                message =
                        "volumeId is not the id of a volume. Use the id that the cloud shows, not the name: 32 hexadecimal"
                                + " digits in lower case with dashes, for example 5aa119a8-d25b-45a7-8d1b-88e127885635.")
        @JsonPropertyDescription(
                "The id of a volume in the cloud. The operator's own connection allows it only where the administrator"
                        + " does.")
        String volumeId) {

    public static SourceSelector ofClaim(String name) {
        return new SourceSelector(name, null, null, null);
    }

    public static SourceSelector ofPattern(String pattern) {
        return new SourceSelector(null, pattern, null, null);
    }

    public static SourceSelector ofLabels(ClaimSelector selector) {
        return new SourceSelector(null, null, selector, null);
    }

    public static SourceSelector ofVolume(String id) {
        return new SourceSelector(null, null, null, id);
    }
}
