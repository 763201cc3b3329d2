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

/** One wish for one snapshot of one disk. {@code getStatus()} is null until the API server or the operator wrote one. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Plural(VolumeSnapshotRequest.PLURAL)
@ShortNames("vsr")
@Categories("evs")
@JsonClassDescription(
        "VolumeSnapshotRequest asks for one snapshot of one EVS disk, or adopts one that exists, and shows what became of it.")
@AdditionalPrinterColumn(
        name = "State",
        jsonPath = ".status.snapshotStatus",
        type = Type.STRING,
        getDescription = "The cloud's word for the snapshot's state")
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        type = Type.STRING,
        getDescription = "Whether a disk can be made from the snapshot now")
@AdditionalPrinterColumn(
        name = "Reason",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
        type = Type.STRING,
        getDescription = "Why it is ready or not, in one word")
@AdditionalPrinterColumn(
        name = "Snapshot",
        jsonPath = ".status.snapshotId",
        type = Type.STRING,
        getDescription = "The snapshot's id in the cloud")
@AdditionalPrinterColumn(
        name = "Size",
        jsonPath = ".status.sizeGiB",
        type = Type.INTEGER,
        getDescription = "The disk's size in GiB when the snapshot was taken")
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
@AdditionalPrinterColumn(
        name = "Volume",
        jsonPath = ".status.volumeId",
        type = Type.STRING,
        priority = 1,
        getDescription = "The id of the disk that the snapshot was taken of")
@AdditionalPrinterColumn(
        name = "Message",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
        type = Type.STRING,
        priority = 1,
        getDescription = "Why it is ready or not, in a sentence")
public class VolumeSnapshotRequest extends CustomResource<VolumeSnapshotRequestSpec, VolumeSnapshotRequestStatus>
        implements Namespaced {
    public static final String PLURAL = "volumesnapshotrequests";

    private static final long serialVersionUID = 1L;
}
