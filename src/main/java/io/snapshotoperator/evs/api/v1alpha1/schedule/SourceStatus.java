/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.schedule;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.soabase.recordbuilder.core.RecordBuilder;

/** The state of one source of a schedule. Times are in UTC (RFC 3339). Null means not known. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@RecordBuilder
public record SourceStatus(
        @Required @JsonPropertyDescription("The name of the claim, or the id of the volume.")
        String name,

        @JsonPropertyDescription("When the schedule first selected it.")
        String since,

        @JsonPropertyDescription("The last slot for which a request was created.")
        String lastSlot,

        @JsonPropertyDescription("The slot of the newest snapshot that can be restored.")
        String lastGoodSlot,

        @JsonPropertyDescription("The VolumeSnapshotRequest with this snapshot.")
        String lastGoodRequest,

        @JsonPropertyDescription("Why no snapshot can be taken now. Absent if one can.")
        String problem) {}
