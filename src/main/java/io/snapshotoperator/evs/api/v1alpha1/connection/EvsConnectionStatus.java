/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.connection;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/**
 * The state of the connection. Null means not known. An absent list reads as empty, and an empty list is not written.
 *
 * @param observedGeneration the generation to which the conditions refer; -1 before the first reconcile (the default of
 *     the schema)
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@RecordBuilder
public record EvsConnectionStatus(
        @JsonPropertyDescription("The id of the project, as set or as IAM returned it for the name.")
        String projectId,

        @JsonPropertyDescription("The address of the EVS API.")
        String endpoint,

        @JsonPropertyDescription(
                "The metadata.generation to which the conditions refer. -1 before the first reconcile of this object.")
        Long observedGeneration,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription(
                "Ready: the cloud accepted the last login and list. Reconciling: the operator is working and continues"
                        + " without help. Stalled: nothing changes until someone edits the object or repairs something"
                        + " outside.")
        List<Condition> conditions) {

    public EvsConnectionStatus {
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
    }
}
