/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.schedule;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.snapshotoperator.evs.api.v1alpha1.ConnectionRef;
import io.snapshotoperator.evs.api.v1alpha1.ValidationRules;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.FailurePolicy;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the requests of a schedule have in common. The fields are those of a request with the same names. Null means absent, and
 * an absent {@code metadata} reads as empty.
 *
 * @param failurePolicy null means {@code Replace}, because a slot is satisfied only by a snapshot that can be restored
 * @param maxAttempts null means 3 with {@code Replace}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@RecordBuilder
@ValidationRule(
        value = "!has(self.maxAttempts) || !has(self.failurePolicy) || self.failurePolicy == 'Replace'",
        fieldPath = ".maxAttempts",
        reason = ValidationRules.FORBIDDEN,
        message = "maxAttempts applies only to failurePolicy Replace. Remove it, or set failurePolicy to Replace.")
public record RequestTemplate(
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
                "The description of the snapshots in the cloud, at most 255 bytes in UTF-8. Default: none.")
        String description,

        @JsonPropertyDescription(
                "Whether to create snapshots even if the volume is attached to a server. Default: true for claims, false"
                        + " for volumeId.")
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
                "Keys and values that the cloud stores with the snapshots, at most 20, as in a VolumeSnapshotRequest.")
        Map<String, @Size(max = 255) String> metadata,

        @JsonPropertyDescription(
                "What happens to the snapshot when its request is deleted, also by the retention policy: Delete deletes"
                        + " it in the cloud, Retain keeps it. Default: Delete.")
        DeletionPolicy deletionPolicy,

        @Default("1h")
        @Size(max = 32)
        @ValidationRule(
                value = ValidationRules.IS_DURATION + "duration('720h')",
                message =
                        "readyWithin is not a valid duration. Use hours, minutes and seconds such as 30m, 1h30m or 24h,"
                                + " more than 0 and at most 720h.")
        @JsonPropertyDescription(
                "The time within which a snapshot should become available: hours, minutes and seconds such as 30m or 1h30m,"
                        + " at most 720h. After this time its request is reported as stalled.")
        String readyWithin,

        @JsonPropertyDescription(
                "What happens when a new snapshot ends in the status error. Replace: the operator deletes it and creates"
                        + " another, at most maxAttempts in all. Keep: it keeps the snapshot for inspection. Default: Replace.")
        FailurePolicy failurePolicy,

        @Min(1)
        @Max(10)
        @JsonPropertyDescription(
                "The maximum number of snapshots that the operator creates for one slot and source with failurePolicy"
                        + " Replace, the first included: 1 to 10. Default: 3.")
        Integer maxAttempts,

        @JsonPropertyDescription(
                "The EvsConnection of this namespace for the requests. Default: the EvsConnection with the name default; if"
                        + " there is none, the operator's own connection, if the administrator lists this namespace for it.")
        ConnectionRef connectionRef,

        @JsonPropertyDescription(
                "Makes each snapshot available as a VolumeSnapshotContent of snapshot.storage.k8s.io, as in a"
                        + " VolumeSnapshotRequest. Default: none.")
        SnapshotContentTemplate volumeSnapshotContent) {

    /** A template with the defaults for everything. */
    public static final RequestTemplate DEFAULT =
            new RequestTemplate(null, null, null, null, null, null, null, null, null);

    public RequestTemplate {
        metadata = metadata == null || metadata.isEmpty()
                ? Map.of()
                : Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }
}
