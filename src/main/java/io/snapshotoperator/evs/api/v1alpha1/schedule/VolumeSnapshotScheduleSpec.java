/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.schedule;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.snapshotoperator.evs.api.v1alpha1.ValidationRules;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/**
 * When requests are created, of what, and which are kept. Null means absent, and absent {@code sources} read as empty. The
 * operator never writes a spec.
 *
 * @param startingDeadline hours, minutes and seconds; null only if no API server has set the default of one hour
 * @param spread as {@code startingDeadline}; its default is five minutes
 * @param overlapPolicy null only if no API server has set the default; then it means {@code Skip}
 * @param retention null means that everything is kept
 * @param requestsPolicy null only if no API server has set the default; then it means {@code Keep}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@RecordBuilder
public record VolumeSnapshotScheduleSpec(
        @Required
        @Size(min = 9, max = 255)
        @ValidationRule(
                value = "self.matches('^[^ ]+( [^ ]+){4}$')",
                message = "schedule does not have five fields. Use minute, hour, day of the month, month and day of the"
                        + " week, separated by one space, for example 30 2 * * * for half past two each night.")
        @JsonPropertyDescription(
                "The cron expression, as in Unix: minute, hour, day of the month, month and day of the week, for example"
                        + " 30 2 * * * for half past two each night. Each time is a slot.")
        String schedule,

        @Required
        @Size(min = 1, max = 64)
        @ValidationRule(
                value = "self.matches('^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$')",
                message =
                        "timeZone is not a name of the IANA time zone database. Use a name such as Europe/Berlin or UTC.")
        @JsonPropertyDescription(
                "The time zone of the cron expression, a name of the IANA database such as Europe/Berlin or UTC. An hour"
                        + " that occurs twice in autumn makes one slot. A time that spring skips makes one at the change.")
        String timeZone,

        @JsonPropertyDescription(
                "Whether no requests are created. Expired ones are still deleted. When it is set back, at most the last slot"
                        + " is made up for, within its starting deadline. Default: false.")
        Boolean suspend,

        @Default("1h")
        @Size(max = 32)
        @ValidationRule(
                value = ValidationRules.IS_DURATION + "duration('720h')",
                message =
                        "startingDeadline is not a valid duration. Use hours, minutes and seconds such as 30m or 6h, more"
                                + " than 0 and at most 720h.")
        @JsonPropertyDescription(
                "How long after its time a slot can still be started, for example after an outage: hours, minutes and seconds"
                        + " such as 30m or 6h, at most 720h. After that it is skipped. Default: 1h.")
        String startingDeadline,

        @Default("5m")
        @Size(max = 32)
        @ValidationRule(
                value = "self.matches('^([0-9]{1,5}h|[0-9]{1,6}m|[0-9]{1,8}s)+$') && duration(self) <= duration('24h')",
                message =
                        "spread is not a valid duration. Use hours, minutes and seconds such as 0s, 5m or 1h, at most 24h.")
        @JsonPropertyDescription(
                "The requests of a slot are created within this time after it. Each schedule has its own delay, always the"
                        + " same, so that many schedules do not call the cloud at once. 0s means no delay. Default: 5m.")
        String spread,

        @Default("Skip")
        @JsonPropertyDescription(
                "What happens to a source whose earlier request is still in progress. Skip: it waits, and is skipped after"
                        + " startingDeadline. Allow: another request is created. Default: Skip.")
        OverlapPolicy overlapPolicy,

        @Required
        @Size(min = 1, max = 20)
        @JsonPropertyDescription(
                "The volumes. Each entry selects one or more; a volume that several entries select counts once. All entries"
                        + " together can select 100.")
        List<SourceSelector> sources,

        @JsonPropertyDescription("Fields of the requests that the schedule creates.")
        RequestTemplate template,

        @JsonPropertyDescription(
                "Which requests of a source are kept: those that at least one rule keeps. Only snapshots that can be"
                        + " restored count. The last good one is never deleted, nor one in progress, in use or with the"
                        + " annotation evs.snapshot-operator.io/hold. Default: everything is kept.")
        RetentionSpec retention,

        @Default("Keep")
        @JsonPropertyDescription(
                "What happens to the requests when this object is deleted. Keep: they stay, with their snapshots. Delete:"
                        + " Kubernetes deletes them; the schedule is their owner. It applies to requests that are created"
                        + " after it was set. Default: Keep.")
        RequestsPolicy requestsPolicy) {

    public VolumeSnapshotScheduleSpec {
        sources = sources == null ? List.of() : List.copyOf(sources);
    }
}
