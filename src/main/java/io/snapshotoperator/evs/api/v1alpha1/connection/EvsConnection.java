/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.connection;

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
 * A connection to one project of the cloud, with credentials of the same namespace. {@code getStatus()} is null until the
 * API server or the operator has written a status.
 */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Plural(EvsConnection.PLURAL)
@ShortNames("evsc")
@Categories("evs")
@JsonClassDescription(
        "EvsConnection names a project of the cloud and the Secret with the credentials for it. The requests of its"
                + " namespace can use it.")
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        type = Type.STRING,
        getDescription = "Whether the cloud accepted the last login and list")
@AdditionalPrinterColumn(
        name = "Reason",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
        type = Type.STRING,
        getDescription = "The reason of the condition Ready, from a closed list")
@AdditionalPrinterColumn(
        name = "Project",
        jsonPath = ".status.projectId",
        type = Type.STRING,
        getDescription = "The id of the project")
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
@AdditionalPrinterColumn(
        name = "Endpoint",
        jsonPath = ".status.endpoint",
        type = Type.STRING,
        priority = 1,
        getDescription = "The address of the EVS API")
@AdditionalPrinterColumn(
        name = "Message",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
        type = Type.STRING,
        priority = 1,
        getDescription = "The message of the condition Ready")
public class EvsConnection extends CustomResource<EvsConnectionSpec, EvsConnectionStatus> implements Namespaced {
    public static final String PLURAL = "evsconnections";

    /** The connection of this name serves the requests of its namespace that name none. */
    public static final String DEFAULT_NAME = "default";

    private static final long serialVersionUID = 1L;
}
