/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.request;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** One failed call to the cloud. A component is null if neither the cloud nor the network provided the value. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FailedAttempt(
        @Required @JsonPropertyDescription("The time of the failure (RFC 3339, UTC).")
        String time,

        @Required @JsonPropertyDescription("The operation that failed, for example create or delete.")
        String operation,

        @JsonPropertyDescription(
                "The id of the create request. A snapshot of this request carries it in its metadata, under"
                        + " evs-snapshot-operator.create-id.")
        String createId,

        @JsonPropertyDescription("The HTTP status of the response. Absent if there was no response.")
        Integer httpStatus,

        @JsonPropertyDescription("The error code of the cloud, for example EVS.2019.")
        String code,

        @JsonPropertyDescription("The error message of the cloud or of the network.")
        String message,

        @JsonPropertyDescription("The id that the cloud gave the request. Quote it to the support of the provider.")
        String requestId,

        @JsonPropertyDescription(
                "Whether the cloud may have executed the operation although it failed. False is a definite"
                        + " rejection.")
        Boolean mayHaveActed) {}
