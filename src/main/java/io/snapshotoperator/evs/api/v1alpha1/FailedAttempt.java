/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * A failed call to the cloud, or several equal ones. A component is null if neither the cloud nor the network provided the
 * value.
 */
@RecordBuilder
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FailedAttempt(
        @Required
        @JsonPropertyDescription("The time of the failure, or of the last one if count is present (RFC 3339, UTC).")
        String time,

        @JsonPropertyDescription("The time of the first failure, if count is present (RFC 3339, UTC).")
        String firstTime,

        @JsonPropertyDescription(
                "How often the operation failed with the same create id, HTTP status, code and message. Absent if it"
                        + " failed once.")
        Integer count,

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

        @JsonPropertyDescription(
                "The id that the cloud gave the request, or the last one if count is present. Quote it to the support of the provider.")
        String requestId,

        @JsonPropertyDescription(
                "Whether the cloud may have executed the operation although it failed. False is a definite"
                        + " rejection.")
        Boolean mayHaveActed) {}
