/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.connection;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

/** Limits of the rate of calls of one connection. Null means the default of the operator's settings. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CallLimits(
        @Min(1)
        @Max(100)
        @JsonPropertyDescription(
                "The average number of calls per second, 1 to 100. Default: evs.budget.calls-per-second of the"
                        + " operator's settings.")
        Integer callsPerSecond,

        @Min(1)
        @Max(1000)
        @JsonPropertyDescription(
                "The number of calls that the operator can send at once after an idle time, 1 to 1000. Default:"
                        + " evs.budget.burst of the operator's settings.")
        Integer burst) {}
