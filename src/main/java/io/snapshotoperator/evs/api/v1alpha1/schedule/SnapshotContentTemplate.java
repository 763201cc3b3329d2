/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.schedule;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.snapshotoperator.evs.api.v1alpha1.ValidationRules;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * The {@code VolumeSnapshotContent} that each request of a schedule asks for. The fields are those of a request with the same names. A
 * name is missing, because each request needs a {@code VolumeSnapshot} of its own. Null means absent.
 *
 * @param createVolumeSnapshot null means false
 */
@RecordBuilder
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SnapshotContentTemplate(
        @Size(min = 1, max = 253)
        @ValidationRule(
                value = ValidationRules.IS_OBJECT_NAME,
                message = "volumeSnapshotContent.className is not a valid name. Use the name of a VolumeSnapshotClass:"
                        + " lower-case letters, digits, dashes and dots.")
        @JsonPropertyDescription(
                "The name of a VolumeSnapshotClass. The snapshotter of the CSI driver reads its credentials there, if the"
                        + " driver needs some. Default: none.")
        String className,

        // A CSIDriver has a name of at most 63 characters (ValidateCSIDriverName of Kubernetes), which may have
        // capitals.
        @Size(min = 1, max = 63)
        @ValidationRule(
                value = "self.matches('^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$')",
                message = "volumeSnapshotContent.driver is not the name of a CSI driver. Use the name that kubectl get"
                        + " csidrivers shows, for example disk.csi.everest.io.")
        @JsonPropertyDescription(
                "The CSI driver that restores the snapshot, for example disk.csi.everest.io. Required for volumes that are"
                        + " given by id. Default: the driver of the claim's PersistentVolume.")
        String driver,

        @JsonPropertyDescription(
                "Whether the operator also creates the VolumeSnapshot, with the name of the request. It is deleted with the request."
                        + " Default: false.")
        Boolean createVolumeSnapshot) {}
