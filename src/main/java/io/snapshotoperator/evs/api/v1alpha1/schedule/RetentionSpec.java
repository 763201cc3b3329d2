/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.schedule;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.snapshotoperator.evs.api.v1alpha1.ValidationRules;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Which requests of a source are kept: the union of these rules. Null means that there is no such rule.
 *
 * @param within hours, minutes and seconds, for example {@code 168h}
 * @param failed null only if no API server has set the default; then it means 1
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@RecordBuilder
@ValidationRule(
        value =
                "[has(self.last), has(self.within), has(self.hourly), has(self.daily), has(self.weekly), has(self.monthly),"
                        + " has(self.yearly)].exists(given, given)",
        message = "retention has no rule. Set one of last, within, hourly, daily, weekly, monthly and yearly, or remove"
                + " retention to keep everything.")
public record RetentionSpec(
        @Min(1)
        @Max(1000)
        @JsonPropertyDescription("Keep the newest snapshots that can be restored: their number, 1 to 1000.")
        Integer last,

        @Size(max = 32)
        @ValidationRule(
                value = ValidationRules.IS_DURATION + "duration('87600h')",
                message = "within is not a valid duration. Use hours, minutes and seconds such as 36h or 168h (a week),"
                        + " more than 0 and at most 87600h.")
        @JsonPropertyDescription(
                "Keep the snapshots whose slot is within this time: hours, minutes and seconds such as 36h or 168h (a week),"
                        + " at most 87600h.")
        String within,

        @Min(1) @Max(1000) @JsonPropertyDescription("Keep the last snapshot of each of so many hours that have one.")
        Integer hourly,

        @Min(1) @Max(1000) @JsonPropertyDescription("Keep the last snapshot of each of so many days that have one.")
        Integer daily,

        @Min(1)
        @Max(1000)
        @JsonPropertyDescription("Keep the last snapshot of each of so many weeks (from Monday) that have one.")
        Integer weekly,

        @Min(1) @Max(1000) @JsonPropertyDescription("Keep the last snapshot of each of so many months that have one.")
        Integer monthly,

        @Min(1) @Max(1000) @JsonPropertyDescription("Keep the last snapshot of each of so many years that have one.")
        Integer yearly,

        @Default("1")
        @Min(0)
        @Max(100)
        @JsonPropertyDescription(
                "Keep so many of the newest failed requests after a newer one has succeeded, for inspection. Default: 1.")
        Integer failed,

        @JsonPropertyDescription(
                "Whether expired requests are only listed in status.wouldDelete and not deleted. Default: false.")
        Boolean dryRun) {}
