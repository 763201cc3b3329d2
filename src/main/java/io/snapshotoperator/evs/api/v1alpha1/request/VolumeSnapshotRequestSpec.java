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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a user asks for. Null means absent; an absent {@code metadata} reads as empty. The operator never writes a spec.
 *
 * @param force null: what it means depends on the source, see the field's description
 * @param deletionPolicy null: what it means depends on the source, see the field's description
 * @param failurePolicy null only on objects that no API server has defaulted: as {@code Keep}
 * @param maxAttempts set if, and only if, the failure policy is {@code Replace}
 * @param readyWithin hours, minutes and seconds, such as {@code 1h30m}
 * @param ttl as {@code readyWithin}; null: kept
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "self.source == oldSelf.source",
        fieldPath = ".source",
        reason = ValidationRules.FORBIDDEN,
        message = "cannot be changed: a snapshot of something else is another VolumeSnapshotRequest")
@ValidationRule(
        value = "has(self.force) == has(oldSelf.force) && (!has(self.force) || self.force == oldSelf.force)",
        fieldPath = ".force",
        reason = ValidationRules.FORBIDDEN,
        message = "cannot be changed, added or removed: it is sent only when the snapshot is created")
@ValidationRule(
        value =
                "has(self.metadata) == has(oldSelf.metadata) && (!has(self.metadata) || self.metadata == oldSelf.metadata)",
        fieldPath = ".metadata",
        reason = ValidationRules.FORBIDDEN,
        message = "cannot be changed, added or removed: it is sent only when the snapshot is created")
@ValidationRule(
        value = "has(self.connectionRef) == has(oldSelf.connectionRef)"
                + " && (!has(self.connectionRef) || self.connectionRef == oldSelf.connectionRef)",
        fieldPath = ".connectionRef",
        reason = ValidationRules.FORBIDDEN,
        message = "cannot be changed, added or removed: the snapshot lives where it was created;"
                + " delete this object and create another")
@ValidationRule(
        value = "!has(self.failurePolicy) || self.failurePolicy != 'Replace' || has(self.maxAttempts)",
        fieldPath = ".maxAttempts",
        reason = ValidationRules.REQUIRED,
        message = "failurePolicy Replace deletes snapshots; say how many may be asked for at most, the first included")
@ValidationRule(
        value = "!has(self.maxAttempts) || (has(self.failurePolicy) && self.failurePolicy == 'Replace')",
        fieldPath = ".maxAttempts",
        reason = ValidationRules.FORBIDDEN,
        message = "has a meaning only with failurePolicy Replace: remove it, or set failurePolicy to Replace")
@ValidationRule(
        value = "!has(self.source.snapshotId) || !has(self.force)",
        fieldPath = ".force",
        reason = ValidationRules.FORBIDDEN,
        message = "has no meaning with source.snapshotId, where nothing is created: remove it")
@ValidationRule(
        value = "!has(self.source.snapshotId) || !has(self.metadata)",
        fieldPath = ".metadata",
        reason = ValidationRules.FORBIDDEN,
        message = "cannot be given to a snapshot that exists (source.snapshotId): remove it")
@ValidationRule(
        value = "!has(self.source.snapshotId) || !has(self.failurePolicy) || self.failurePolicy != 'Replace'",
        fieldPath = ".failurePolicy",
        reason = ValidationRules.FORBIDDEN,
        message = "cannot be Replace with source.snapshotId, where nothing is created: use Keep or leave it out")
public record VolumeSnapshotRequestSpec(
        @Required
        @JsonPropertyDescription("What to take a snapshot of; exactly one of its fields is set. Cannot be changed.")
        SnapshotSource source,

        @Size(min = 1, max = 255)
        @ValidationRule(
                value = ValidationRules.IS_TRIMMED,
                message = "must not begin or end with a space, which the cloud would cut off: remove it")
        @ValidationRule(
                value = ValidationRules.FITS_THE_CLOUD,
                message =
                        "must be at most 255 bytes in UTF-8, where letters beyond ASCII count two to four: shorten it")
        @ValidationRule(
                value = "!self.startsWith('autobk_snapshot_') && !self.startsWith('manualbk_snapshot_')",
                message = "must not begin with autobk_snapshot_ or manualbk_snapshot_, by which the cloud knows the"
                        + " snapshots of its backups: choose another name")
        @JsonPropertyDescription("The snapshot's name in the cloud, at most 255 bytes in UTF-8; can be changed later."
                + " It must not begin with autobk_snapshot_ or manualbk_snapshot_. Default: made from this object's"
                + " namespace, name and UID; for source.snapshotId the name that the snapshot has.")
        String name,

        @Size(max = 255)
        @ValidationRule(
                value = ValidationRules.IS_TRIMMED,
                message = "must not begin or end with a space, which the cloud would cut off: remove it")
        @ValidationRule(
                value = ValidationRules.FITS_THE_CLOUD,
                message =
                        "must be at most 255 bytes in UTF-8, where letters beyond ASCII count two to four: shorten it")
        @JsonPropertyDescription(
                "A text shown with the snapshot in the cloud, at most 255 bytes in UTF-8; can be changed later."
                        + " Default: none; for source.snapshotId the description that the snapshot has.")
        String description,

        @JsonPropertyDescription("Whether to take the snapshot although the disk is attached to a server."
                + " Default: false for source.volumeId, true for source.persistentVolumeClaimName (a mounted claim's"
                + " disk is always attached). Not with source.snapshotId. Cannot be changed.")
        Boolean force,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = 20)
        @ValidationRule(
                value = "self.all(key, key.matches('^[a-zA-Z0-9_:. -]{1,255}$'))",
                message = "keys must be 1 to 255 letters, digits, spaces and - _ : . (no slash)")
        @ValidationRule(
                value = "self.all(key, !key.startsWith('__system__') && !key.startsWith('evs-snapshot-operator.'))",
                message = "keys must not begin with __system__ (the cloud's own) or evs-snapshot-operator."
                        + " (this operator's own)")
        @JsonPropertyDescription("Keys and values stored with the snapshot in the cloud, at most 20. Keys are 1 to 255"
                + " letters, digits, spaces and - _ : . (no slash); those that begin with __system__, or with"
                + " evs-snapshot-operator and a dot, are reserved. Values have at most 255 characters."
                + " Not with source.snapshotId. Cannot be changed.")
        Map<String, @Size(max = 255) String> metadata,

        @JsonPropertyDescription("What happens to the snapshot in the cloud when this object is deleted: Delete or"
                + " Retain. Default: Delete, but Retain with source.snapshotId.")
        DeletionPolicy deletionPolicy,

        @Default("1h")
        @Size(max = 32)
        @ValidationRule(
                value = ValidationRules.IS_DURATION + "duration('720h')",
                message = "must be hours, minutes and seconds such as 30m, 1h30m or 24h; more than 0 and at most 720h")
        @JsonPropertyDescription("How long after this object's creation the snapshot should be available, in hours,"
                + " minutes and seconds such as 30m or 1h30m, at most 720h. Past it the object is reported as stalled;"
                + " the snapshot is still watched.")
        String readyWithin,

        @Size(max = 32)
        @ValidationRule(
                value = ValidationRules.IS_DURATION + "duration('87600h')",
                message = "must be hours, minutes and seconds such as 30m, 24h or 168h (a week);"
                        + " more than 0 and at most 87600h")
        @JsonPropertyDescription(
                "How long after the snapshot first became ready this object is deleted, and with it, as"
                        + " deletionPolicy says, the snapshot: hours, minutes and seconds such as 24h or 168h (a week), at most"
                        + " 87600h. Default: never. Not for objects kept in Git: the GitOps tool would apply the object again"
                        + " and so ask for a new snapshot.")
        String ttl,

        @Default("Keep")
        @JsonPropertyDescription("What to do when the cloud reports the new snapshot as failed: Keep leaves it for you"
                + " to look at; Replace deletes it and asks again, at most maxAttempts times in all."
                + " Replace is not possible with source.snapshotId.")
        FailurePolicy failurePolicy,

        @Min(1)
        @Max(10)
        @JsonPropertyDescription("With failurePolicy Replace: how many snapshots are asked for at most, the first"
                + " included; 1 to 10. Must be set with Replace, and only with it.")
        Integer maxAttempts,

        @JsonPropertyDescription("The connection to the cloud to use. Default: the operator's own. Cannot be changed.")
        ConnectionRef connectionRef) {

    public VolumeSnapshotRequestSpec {
        metadata = metadata == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** Asks for a snapshot of the source and leaves all else to the defaults. */
    public static VolumeSnapshotRequestSpec of(SnapshotSource source) {
        return new VolumeSnapshotRequestSpec(source, null, null, null, null, null, null, null, null, null, null);
    }
}
