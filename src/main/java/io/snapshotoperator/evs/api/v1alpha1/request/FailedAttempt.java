/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.request;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** One order, look or login that failed, as the cloud put it. Null where the cloud, or nobody, said nothing. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FailedAttempt(
        @Required @JsonPropertyDescription("When the attempt failed (RFC 3339, UTC).")
        String time,

        @Required @JsonPropertyDescription("What was tried, for example create or delete.")
        String operation,

        @JsonPropertyDescription("The order's id, as in the snapshot's metadata evs-snapshot-operator.create-id.")
        String createId,

        @JsonPropertyDescription("The HTTP status of the answer; absent when there was none.")
        Integer httpStatus,

        @JsonPropertyDescription("The cloud's error code, for example EVS.2019.")
        String code,

        @JsonPropertyDescription("What the cloud, or the network, said.")
        String message,

        @JsonPropertyDescription("The cloud's id of the request; quote it to the provider's support.")
        String requestId,

        @JsonPropertyDescription("Whether the cloud may have carried it out all the same; false is a definite refusal.")
        Boolean mayHaveActed) {}
