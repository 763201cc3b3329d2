/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.restore;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import io.snapshotoperator.evs.api.v1alpha1.Api;

/**
 * Creates one volume from the snapshot of a request. {@code getStatus()} is null until the API server or the operator has
 * written a status.
 */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Plural(VolumeSnapshotRestore.PLURAL)
@ShortNames("vsrestore")
@Categories("evs")
@JsonClassDescription(
        "VolumeSnapshotRestore creates one volume (EVS disk) from the snapshot of a VolumeSnapshotRequest of its namespace,"
                + " and reports its state.")
@AdditionalPrinterColumn(
        name = "Request",
        jsonPath = ".spec.requestRef.name",
        type = Type.STRING,
        getDescription = "The VolumeSnapshotRequest whose snapshot is restored")
@AdditionalPrinterColumn(
        name = "State",
        jsonPath = ".status.volumeStatus",
        type = Type.STRING,
        getDescription = "The status of the volume, as the cloud reports it")
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        type = Type.STRING,
        getDescription = "Whether the volume exists and can be used now")
@AdditionalPrinterColumn(
        name = "Reason",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
        type = Type.STRING,
        getDescription = "The reason of the condition Ready, from a closed list")
@AdditionalPrinterColumn(
        name = "Volume",
        jsonPath = ".status.volumeId",
        type = Type.STRING,
        getDescription = "The id of the volume in the cloud")
@AdditionalPrinterColumn(
        name = "Size",
        jsonPath = ".status.sizeGiB",
        type = Type.INTEGER,
        getDescription = "The size of the volume in GiB")
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
@AdditionalPrinterColumn(
        name = "Zone",
        jsonPath = ".status.availabilityZone",
        type = Type.STRING,
        priority = 1,
        getDescription = "The availability zone of the volume")
@AdditionalPrinterColumn(
        name = "Claim",
        jsonPath = ".status.persistentVolumeClaimName",
        type = Type.STRING,
        priority = 1,
        getDescription = "The PersistentVolumeClaim that the operator created")
@AdditionalPrinterColumn(
        name = "Message",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
        type = Type.STRING,
        priority = 1,
        getDescription = "The message of the condition Ready")
public class VolumeSnapshotRestore extends CustomResource<VolumeSnapshotRestoreSpec, VolumeSnapshotRestoreStatus>
        implements Namespaced {
    public static final String PLURAL = "volumesnapshotrestores";

    private static final long serialVersionUID = 1L;
}
