/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.restore;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.snapshotoperator.evs.api.v1alpha1.ConnectionRef;
import io.snapshotoperator.evs.api.v1alpha1.RequestRef;
import io.snapshotoperator.evs.api.v1alpha1.ValidationRules;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The restored volume. Null means absent, and absent maps read as empty. Availability zone and type are those of the source
 * volume, because the cloud accepts no others. The operator never writes a spec.
 *
 * @param sizeGiB null means the size of the snapshot, but at least 10
 * @param deletionPolicy null means {@code Retain}
 * @param readyWithin hours, minutes and seconds, for example {@code 1h30m}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@RecordBuilder
@ValidationRule(
        value = "self.requestRef == oldSelf.requestRef",
        fieldPath = ".requestRef",
        reason = ValidationRules.FORBIDDEN,
        message = "requestRef cannot be changed. Undo the change, or create another VolumeSnapshotRestore.")
@ValidationRule(
        value = "has(self.sizeGiB) == has(oldSelf.sizeGiB) && (!has(self.sizeGiB) || self.sizeGiB == oldSelf.sizeGiB)",
        fieldPath = ".sizeGiB",
        reason = ValidationRules.FORBIDDEN,
        message = "sizeGiB cannot be changed, added or removed, because only the create request contains it."
                + " Undo the change, or create another VolumeSnapshotRestore.")
@ValidationRule(
        value = "has(self.name) == has(oldSelf.name) && (!has(self.name) || self.name == oldSelf.name)",
        fieldPath = ".name",
        reason = ValidationRules.FORBIDDEN,
        message = "name cannot be changed, added or removed, because only the create request contains it."
                + " Undo the change, or create another VolumeSnapshotRestore.")
@ValidationRule(
        value = "has(self.description) == has(oldSelf.description)"
                + " && (!has(self.description) || self.description == oldSelf.description)",
        fieldPath = ".description",
        reason = ValidationRules.FORBIDDEN,
        message = "description cannot be changed, added or removed, because only the create request contains it."
                + " Undo the change, or create another VolumeSnapshotRestore.")
@ValidationRule(
        value =
                "has(self.metadata) == has(oldSelf.metadata) && (!has(self.metadata) || self.metadata == oldSelf.metadata)",
        fieldPath = ".metadata",
        reason = ValidationRules.FORBIDDEN,
        message = "metadata cannot be changed, added or removed, because only the create request contains it."
                + " Undo the change, or create another VolumeSnapshotRestore.")
@ValidationRule(
        value = "has(self.tags) == has(oldSelf.tags) && (!has(self.tags) || self.tags == oldSelf.tags)",
        fieldPath = ".tags",
        reason = ValidationRules.FORBIDDEN,
        message = "tags cannot be changed, added or removed, because only the create request contains them."
                + " Undo the change, or create another VolumeSnapshotRestore.")
@ValidationRule(
        value = "has(self.connectionRef) == has(oldSelf.connectionRef)"
                + " && (!has(self.connectionRef) || self.connectionRef == oldSelf.connectionRef)",
        fieldPath = ".connectionRef",
        reason = ValidationRules.FORBIDDEN,
        message = "connectionRef cannot be changed, added or removed, because the volume stays where it was created."
                + " Undo the change, or create another VolumeSnapshotRestore.")
@ValidationRule(
        value = "!has(oldSelf.persistentVolumeClaim) || (has(self.persistentVolumeClaim)"
                + " && self.persistentVolumeClaim == oldSelf.persistentVolumeClaim)",
        fieldPath = ".persistentVolumeClaim",
        reason = ValidationRules.FORBIDDEN,
        message = "persistentVolumeClaim can be added, but not changed or removed, because the claim can be in use."
                + " Undo the change, or create another VolumeSnapshotRestore.")
@ValidationRule(
        value = "!has(self.persistentVolumeClaim) || !has(self.deletionPolicy) || self.deletionPolicy != 'Delete'",
        fieldPath = ".deletionPolicy",
        reason = ValidationRules.FORBIDDEN,
        message =
                "deletionPolicy cannot be Delete together with persistentVolumeClaim, because the claim then decides about"
                        + " the volume. Remove deletionPolicy, or use Retain.")
public record VolumeSnapshotRestoreSpec(
        @Required
        @JsonPropertyDescription(
                "The VolumeSnapshotRequest of this namespace whose snapshot is restored. It must be ready, and have the same"
                        + " connectionRef. It cannot be changed.")
        RequestRef requestRef,

        @Min(10)
        @Max(32768)
        @JsonPropertyDescription(
                "The size of the volume in GiB, 10 to 32768, and at least that of the snapshot. Default: the size of the"
                        + " snapshot, but at least 10. It cannot be changed.")
        Integer sizeGiB,

        @Size(min = 1, max = 250)
        @ValidationRule(
                value = ValidationRules.IS_TRIMMED,
                message = "name begins or ends with white space, which the cloud would remove."
                        + " Remove the white space.")
        @ValidationRule(
                value = "size(bytes(self)) <= 250",
                message = "name is longer than 250 bytes in UTF-8, where a character outside ASCII has 2 to 4 bytes."
                        + " Shorten it.")
        @JsonPropertyDescription(
                "The name of the volume in the cloud, at most 250 bytes in UTF-8. Default: derived from this object's"
                        + " namespace, name and UID. It cannot be changed.")
        String name,

        @Size(max = 255)
        @ValidationRule(
                value = ValidationRules.IS_TRIMMED,
                message = "description begins or ends with white space, which the cloud would remove."
                        + " Remove the white space.")
        @ValidationRule(
                value = ValidationRules.HAS_AT_MOST_255_BYTES,
                message = "description is longer than 255 bytes in UTF-8, where a character outside ASCII has 2 to 4"
                        + " bytes. Shorten it.")
        @JsonPropertyDescription(
                "The description of the volume in the cloud, at most 255 bytes in UTF-8. Default: none. It cannot be"
                        + " changed.")
        String description,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = 20)
        @ValidationRule(
                value = "self.all(key, " + ValidationRules.IS_METADATA_KEY + ")",
                message = ValidationRules.METADATA_KEY_INVALID,
                messageExpression = ValidationRules.NAME_INVALID_METADATA_KEY)
        @ValidationRule(
                value = "self.all(key, !" + ValidationRules.IS_RESERVED_KEY + ")",
                message = ValidationRules.METADATA_KEY_RESERVED,
                messageExpression = ValidationRules.NAME_RESERVED_METADATA_KEY)
        @ValidationRule(
                value = "!('hw:passthrough' in self) && !('full_clone' in self)",
                message =
                        "metadata has the key hw:passthrough or full_clone. A restored volume inherits the device type of"
                                + " its source, and is always a full copy. Remove the key.")
        @JsonPropertyDescription(
                "Keys and values that the cloud stores with the volume, at most 20. A key has 1 to 255 letters, digits, spaces"
                        + " and - _ : . (no slash). Keys that begin with __system__, or with evs-snapshot-operator and a dot,"
                        + " hw:passthrough and full_clone are reserved. A value has at most 255 characters. It cannot be"
                        + " changed.")
        Map<String, @Size(max = 255) String> metadata,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = 10)
        @ValidationRule(
                value =
                        "self.all(key, key.matches('^[0-9A-Za-z_-]{1,36}$') && self[key].matches('^[0-9A-Za-z_-]{0,43}$'))",
                message =
                        "tags has an invalid key or value. Use letters, digits, - and _ only, 1 to 36 in a key and at most"
                                + " 43 in a value.")
        @JsonPropertyDescription(
                "The tags of the volume in the cloud, at most 10. A key has 1 to 36 letters, digits, - and _, a value at most"
                        + " 43. A connection with the API family cinder does not send them. It cannot be changed.")
        Map<String, @Size(max = 43) String> tags,

        @JsonPropertyDescription(
                "What the operator does with the volume when this object is deleted: Retain keeps it, Delete deletes it in"
                        + " the cloud, once it is detached and has no snapshots. Default: Retain.")
        DeletionPolicy deletionPolicy,

        @Default("1h")
        @Size(max = 32)
        @ValidationRule(
                value = ValidationRules.IS_DURATION + "duration('720h')",
                message =
                        "readyWithin is not a valid duration. Use hours, minutes and seconds such as 30m, 1h30m or 24h,"
                                + " more than 0 and at most 720h.")
        @JsonPropertyDescription(
                "The time within which the volume should become available, counted from the creation of this object: hours,"
                        + " minutes and seconds such as 30m or 1h30m, at most 720h. After this time the object is reported as"
                        + " stalled, and the operator still observes the volume.")
        String readyWithin,

        @JsonPropertyDescription(
                "A PersistentVolume and a claim bound to it, with which pods use the volume. The operator creates them when the"
                        + " volume is available, if its administrator allows that (evs.restores.create-claims). Otherwise the"
                        + " command restore-manifest prints them. It can be added later, but not changed.")
        ClaimTemplate persistentVolumeClaim,

        @JsonPropertyDescription(
                "The EvsConnection of this namespace through which the operator reaches the cloud, the same as that of the"
                        + " request. Default: as for a request. It cannot be changed.")
        ConnectionRef connectionRef) {

    public VolumeSnapshotRestoreSpec {
        metadata = copy(metadata);
        tags = copy(tags);
    }

    private static Map<String, String> copy(Map<String, String> map) {
        return map == null || map.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
