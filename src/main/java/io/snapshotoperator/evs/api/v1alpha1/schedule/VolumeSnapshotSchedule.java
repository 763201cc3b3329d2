/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.schedule;

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
 * Creates a request for each of its sources at the times of a cron expression, and deletes those that its retention policy no
 * longer keeps. {@code getStatus()} is null until the API server or the operator has written a status.
 */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Plural(VolumeSnapshotSchedule.PLURAL)
@ShortNames("vss")
@Categories("evs")
@JsonClassDescription(
        "VolumeSnapshotSchedule creates a VolumeSnapshotRequest for each of its sources at the times of a cron expression,"
                + " and deletes those that its retention policy no longer keeps.")
@AdditionalPrinterColumn(
        name = "Schedule",
        jsonPath = ".spec.schedule",
        type = Type.STRING,
        getDescription = "The cron expression")
@AdditionalPrinterColumn(
        name = "Zone",
        jsonPath = ".spec.timeZone",
        type = Type.STRING,
        getDescription = "The time zone of the cron expression")
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        type = Type.STRING,
        getDescription = "Whether the schedule can be used as it is")
@AdditionalPrinterColumn(
        name = "Reason",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
        type = Type.STRING,
        getDescription = "The reason of the condition Ready, from a closed list")
@AdditionalPrinterColumn(
        name = "Last Good",
        jsonPath = ".status.oldestGoodSlot",
        type = Type.DATE,
        getDescription = "The age of the last good snapshot of the source that is furthest behind")
@AdditionalPrinterColumn(
        name = "Next",
        jsonPath = ".status.nextSlot",
        type = Type.STRING,
        getDescription = "The time of the next slot")
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
@AdditionalPrinterColumn(
        name = "Message",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
        type = Type.STRING,
        priority = 1,
        getDescription = "The message of the condition Ready")
public class VolumeSnapshotSchedule extends CustomResource<VolumeSnapshotScheduleSpec, VolumeSnapshotScheduleStatus>
        implements Namespaced {
    public static final String PLURAL = "volumesnapshotschedules";

    private static final long serialVersionUID = 1L;
}
