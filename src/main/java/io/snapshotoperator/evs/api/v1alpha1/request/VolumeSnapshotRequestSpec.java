/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.request;

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
import io.snapshotoperator.evs.api.v1alpha1.ValidationRules;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The requested snapshot. Null means absent, and an absent {@code metadata} reads as empty. The operator never writes a
 * spec.
 *
 * @param force null means the default, which depends on the source; see the description of the field
 * @param deletionPolicy null means the default, which depends on the source; see the description of the field
 * @param failurePolicy null only if no API server has set the default; then it means {@code Keep}
 * @param maxAttempts set if, and only if, the failure policy is {@code Replace}
 * @param readyWithin hours, minutes and seconds, for example {@code 1h30m}
 * @param ttl in the same format as {@code readyWithin}; null means that the object does not expire
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@RecordBuilder
@ValidationRule(
        value = "self.source == oldSelf.source",
        fieldPath = ".source",
        reason = ValidationRules.FORBIDDEN,
        message = "source cannot be changed. Undo the change, or create another VolumeSnapshotRequest.")
@ValidationRule(
        value = "has(self.force) == has(oldSelf.force) && (!has(self.force) || self.force == oldSelf.force)",
        fieldPath = ".force",
        reason = ValidationRules.FORBIDDEN,
        message = "force cannot be changed, added or removed, because only the create request contains it."
                + " Undo the change, or create another VolumeSnapshotRequest.")
@ValidationRule(
        value =
                "has(self.metadata) == has(oldSelf.metadata) && (!has(self.metadata) || self.metadata == oldSelf.metadata)",
        fieldPath = ".metadata",
        reason = ValidationRules.FORBIDDEN,
        message = "metadata cannot be changed, added or removed, because only the create request contains it."
                + " Undo the change, or create another VolumeSnapshotRequest.")
@ValidationRule(
        value = "has(self.connectionRef) == has(oldSelf.connectionRef)"
                + " && (!has(self.connectionRef) || self.connectionRef == oldSelf.connectionRef)",
        fieldPath = ".connectionRef",
        reason = ValidationRules.FORBIDDEN,
        message = "connectionRef cannot be changed, added or removed, because the snapshot stays where it was created."
                + " Undo the change, or create another VolumeSnapshotRequest.")
@ValidationRule(
        value = "!has(self.failurePolicy) || self.failurePolicy != 'Replace' || has(self.maxAttempts)",
        fieldPath = ".maxAttempts",
        reason = ValidationRules.REQUIRED,
        message = "maxAttempts is required with failurePolicy Replace, because Replace deletes snapshots."
                + " Set how many snapshots the operator may create in all, the first included.")
@ValidationRule(
        value = "!has(self.maxAttempts) || (has(self.failurePolicy) && self.failurePolicy == 'Replace')",
        fieldPath = ".maxAttempts",
        reason = ValidationRules.FORBIDDEN,
        message = "maxAttempts applies only to failurePolicy Replace. Remove it, or set failurePolicy to Replace.")
@ValidationRule(
        value = "!has(self.source.snapshotId) || !has(self.force)",
        fieldPath = ".force",
        reason = ValidationRules.FORBIDDEN,
        message = "force does not apply to source.snapshotId, because the operator creates no snapshot. Remove it.")
@ValidationRule(
        value = "!has(self.source.snapshotId) || !has(self.metadata)",
        fieldPath = ".metadata",
        reason = ValidationRules.FORBIDDEN,
        message = "metadata does not apply to source.snapshotId, because the snapshot exists already. Remove it.")
@ValidationRule(
        value = "!has(self.source.snapshotId) || !has(self.failurePolicy) || self.failurePolicy != 'Replace'",
        fieldPath = ".failurePolicy",
        reason = ValidationRules.FORBIDDEN,
        message = "failurePolicy cannot be Replace with source.snapshotId, because the operator creates no snapshot."
                + " Use Keep, or remove the field.")
@ValidationRule(
        value = "!has(self.volumeSnapshotContent) || has(self.source.persistentVolumeClaimName)"
                + " || has(self.volumeSnapshotContent.driver)",
        fieldPath = ".volumeSnapshotContent.driver",
        reason = ValidationRules.REQUIRED,
        message =
                "volumeSnapshotContent.driver is required with volumeId and snapshotId, because only a claim leads to a CSI"
                        + " driver. Set the driver that restores the snapshot, for example disk.csi.everest.io.")
public record VolumeSnapshotRequestSpec(
        @Required
        @JsonPropertyDescription("The source of the snapshot. Set exactly one of its fields. It cannot be changed.")
        SnapshotSource source,

        @Size(min = 1, max = 255)
        @ValidationRule(
                value = ValidationRules.IS_TRIMMED,
                message = "name begins or ends with white space, which the cloud would remove."
                        + " Remove the white space.")
        @ValidationRule(
                value = ValidationRules.HAS_AT_MOST_255_BYTES,
                message = "name is longer than 255 bytes in UTF-8, where a character outside ASCII has 2 to 4 bytes."
                        + " Shorten it.")
        @ValidationRule(
                value = "!self.startsWith('autobk_snapshot_') && !self.startsWith('manualbk_snapshot_')",
                message = "name begins with autobk_snapshot_ or manualbk_snapshot_, which mark the snapshots of the"
                        + " cloud's backups. Choose another name.")
        @JsonPropertyDescription(
                "The name of the snapshot in the cloud, at most 255 bytes in UTF-8. It can be changed later. It must"
                        + " not begin with autobk_snapshot_ or manualbk_snapshot_. Default: derived from this"
                        + " object's namespace, name and UID. With source.snapshotId: the current name of the"
                        + " snapshot.")
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
                "The description of the snapshot in the cloud, at most 255 bytes in UTF-8. It can be changed"
                        + " later. Default: none. With source.snapshotId: the current description of the snapshot.")
        String description,

        @JsonPropertyDescription(
                "Whether to create the snapshot even if the volume is attached to a server. Default: false for"
                        + " source.volumeId; true for source.persistentVolumeClaimName, because the volume of a"
                        + " mounted claim is always attached. Not allowed with source.snapshotId. It cannot be"
                        + " changed.")
        Boolean force,

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
        @JsonPropertyDescription(
                "Keys and values that the cloud stores with the snapshot, at most 20. A key has 1 to 255"
                        + " letters, digits, spaces and - _ : . (no slash). Keys that begin with __system__, or with"
                        + " evs-snapshot-operator and a dot, are reserved. A value has at most 255 characters."
                        + " Not allowed with source.snapshotId. It cannot be changed.")
        Map<String, @Size(max = 255) String> metadata,

        @JsonPropertyDescription(
                "What the operator does when this object is deleted: Delete deletes the snapshot in the"
                        + " cloud, Retain keeps it. Default: Delete. With source.snapshotId: Retain.")
        DeletionPolicy deletionPolicy,

        @Default("1h")
        @Size(max = 32)
        @ValidationRule(
                value = ValidationRules.IS_DURATION + "duration('720h')",
                message =
                        "readyWithin is not a valid duration. Use hours, minutes and seconds such as 30m, 1h30m or 24h,"
                                + " more than 0 and at most 720h.")
        @JsonPropertyDescription(
                "The time within which the snapshot should become available, counted from the creation of this"
                        + " object: hours, minutes and seconds such as 30m or 1h30m, at most 720h. After this time"
                        + " the object is reported as stalled, and the operator still polls the snapshot.")
        String readyWithin,

        @Size(max = 32)
        @ValidationRule(
                value = ValidationRules.IS_DURATION + "duration('87600h')",
                message =
                        "ttl is not a valid duration. Use hours, minutes and seconds such as 30m, 24h or 168h (a week),"
                                + " more than 0 and at most 87600h.")
        @JsonPropertyDescription(
                "The time after which the operator deletes this object, counted from status.readyAt: hours, minutes"
                        + " and seconds such as 24h or 168h (a week), at most 87600h. deletionPolicy decides whether"
                        + " the snapshot is deleted too. Default: never. Do not set it for objects in Git: the GitOps"
                        + " tool applies the object again, and that requests a new snapshot.")
        String ttl,

        @Default("Keep")
        @JsonPropertyDescription(
                "What the operator does when the new snapshot ends in the status error. Keep: it keeps the snapshot"
                        + " for inspection. Replace: it deletes the snapshot and creates another; it creates at most"
                        + " maxAttempts snapshots in all. Replace is not allowed with source.snapshotId.")
        FailurePolicy failurePolicy,

        @Min(1)
        @Max(10)
        @JsonPropertyDescription(
                "The maximum number of snapshots that the operator creates with failurePolicy Replace, the"
                        + " first included: 1 to 10. Required with Replace, and not allowed without it.")
        Integer maxAttempts,

        @JsonPropertyDescription(
                "The EvsConnection of this namespace through which the operator reaches the cloud. Default: the"
                        + " EvsConnection with the name default; if there is none, the operator's own connection, if the"
                        + " administrator lists this namespace for it. It cannot be changed.")
        ConnectionRef connectionRef,

        @JsonPropertyDescription(
                "Makes the snapshot available as a VolumeSnapshotContent of snapshot.storage.k8s.io, so that a claim of this"
                        + " namespace can name it as its dataSource. It can be added, changed and removed. Default: none.")
        SnapshotContentSpec volumeSnapshotContent) {

    public VolumeSnapshotRequestSpec {
        metadata = metadata == null || metadata.isEmpty()
                ? Map.of()
                : Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** Returns a spec with this source and the defaults for everything else. */
    public static VolumeSnapshotRequestSpec of(SnapshotSource source) {
        return new VolumeSnapshotRequestSpec(source, null, null, null, null, null, null, null, null, null, null, null);
    }
}
