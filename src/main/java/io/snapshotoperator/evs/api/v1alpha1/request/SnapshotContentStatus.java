/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.request;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * The state of the {@code VolumeSnapshotContent} of a request. Null means not known, or not yet.
 *
 * @param binding counts the contents that the request has had; each one can be bound once
 */
@RecordBuilder
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SnapshotContentStatus(
        @JsonPropertyDescription(
                "The name of the VolumeSnapshotContent. A VolumeSnapshot names it in spec.source.volumeSnapshotContentName.")
        String name,

        @JsonPropertyDescription("The CSI driver of the VolumeSnapshotContent.")
        String driver,

        @JsonPropertyDescription(
                "The mode of the snapshot's volume, Filesystem or Block, if its PersistentVolume told it.")
        String sourceVolumeMode,

        @JsonPropertyDescription(
                "The number of the VolumeSnapshotContent. A content can be bound only once, so the operator creates another"
                        + " one after its VolumeSnapshot was deleted.")
        Integer binding,

        @JsonPropertyDescription("The VolumeSnapshot of this namespace to which the VolumeSnapshotContent is bound.")
        String boundTo,

        @JsonPropertyDescription(
                "Whether the CSI driver reports that a volume can be created from the VolumeSnapshotContent.")
        Boolean readyToUse,

        @Required @JsonPropertyDescription("The reason of the state, from a closed list.")
        String reason,

        @Required @JsonPropertyDescription("What is true, and what to do.")
        String message) {}
