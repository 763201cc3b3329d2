/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.request;

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
 * Requests one snapshot of one volume. {@code getStatus()} is null until the API server or the operator has written a
 * status.
 */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Plural(VolumeSnapshotRequest.PLURAL)
@ShortNames("vsr")
@Categories("evs")
@JsonClassDescription(
        "VolumeSnapshotRequest requests one snapshot of one volume (EVS disk), or imports an existing snapshot, and"
                + " reports its state.")
@AdditionalPrinterColumn(
        name = "State",
        jsonPath = ".status.snapshotStatus",
        type = Type.STRING,
        getDescription = "The status of the snapshot, as the cloud reports it")
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        type = Type.STRING,
        getDescription = "Whether a volume can be created from the snapshot now")
@AdditionalPrinterColumn(
        name = "Reason",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
        type = Type.STRING,
        getDescription = "The reason of the condition Ready, from a closed list")
@AdditionalPrinterColumn(
        name = "Snapshot",
        jsonPath = ".status.snapshotId",
        type = Type.STRING,
        getDescription = "The id of the snapshot in the cloud")
@AdditionalPrinterColumn(
        name = "Size",
        jsonPath = ".status.sizeGiB",
        type = Type.INTEGER,
        getDescription = "The size of the volume in GiB when the snapshot was created")
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
@AdditionalPrinterColumn(
        name = "Volume",
        jsonPath = ".status.volumeId",
        type = Type.STRING,
        priority = 1,
        getDescription = "The id of the volume from which the snapshot was created")
@AdditionalPrinterColumn(
        name = "Source-Risk",
        jsonPath = ".status.sourceRisk.persistentVolumeName",
        type = Type.STRING,
        priority = 1,
        getDescription = "The PersistentVolume that is to be deleted, and the snapshot with it")
@AdditionalPrinterColumn(
        name = "Message",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
        type = Type.STRING,
        priority = 1,
        getDescription = "The message of the condition Ready")
public class VolumeSnapshotRequest extends CustomResource<VolumeSnapshotRequestSpec, VolumeSnapshotRequestStatus>
        implements Namespaced {
    public static final String PLURAL = "volumesnapshotrequests";

    private static final long serialVersionUID = 1L;
}
