/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.schedule;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/**
 * The state of the schedule. Null means not known. Absent lists read as empty, and empty lists are not written. Times are in UTC
 * (RFC 3339).
 *
 * @param observedGeneration the generation to which the conditions refer; -1 before the first reconcile (the default of
 *     the schema)
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@RecordBuilder
public record VolumeSnapshotScheduleStatus(
        @JsonPropertyDescription("The last slot that was completed or given up. Absent before the first one.")
        String lastSlot,

        @JsonPropertyDescription("The next slot. Its requests are created within spec.spread after it.")
        String nextSlot,

        @JsonPropertyDescription(
                "The slot of the last good snapshot of the source that is furthest behind. Absent as long as a source has"
                        + " none.")
        String oldestGoodSlot,

        @JsonPropertyDescription("The cron expression and time zone that apply, and since when.")
        AppliedRule rule,

        @JsonPropertyDescription("The retention policy that applies, and since when.")
        AppliedRule retention,

        @JsonPropertyDescription("The number of requests of this schedule that are in progress.")
        Integer requestsInProgress,

        @JsonPropertyDescription("The number of requests of this schedule whose snapshot can be restored.")
        Integer requestsReady,

        @JsonPropertyDescription("The number of requests of this schedule that do not become ready without help.")
        Integer requestsFailed,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription(
                "The state of each source: those that the spec selects, and those that have requests still.")
        List<SourceStatus> sources,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription(
                "Requests that no rule keeps and that are not deleted now, oldest first, at most 20. whyNotDeleted says why.")
        List<String> wouldDelete,

        @JsonPropertyDescription("Why the requests of wouldDelete are not deleted now.")
        String whyNotDeleted,

        @JsonPropertyDescription(
                "The metadata.generation to which the conditions refer. -1 before the first reconcile of this object.")
        Long observedGeneration,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription(
                "Ready: the schedule can be used as it is. Reconciling: the operator is working and continues without help."
                        + " Stalled: someone must edit the object.")
        List<Condition> conditions) {

    public VolumeSnapshotScheduleStatus {
        sources = sources == null ? List.of() : List.copyOf(sources);
        wouldDelete = wouldDelete == null ? List.of() : List.copyOf(wouldDelete);
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
    }
}
