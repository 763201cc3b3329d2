/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.schedule;

import io.snapshotoperator.evs.retention.RetentionPolicy;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.util.Optional;

/**
 * What the spec of a schedule asks for.
 *
 * @param rule when the slots are
 * @param ruleText the expression and the time zone; if it changes, slots before the change no longer count
 * @param startingDeadline how long after its time a slot can still be started
 * @param spread the children of a slot are created within this time after it
 * @param suspended whether no children are created
 * @param overlap what happens if an earlier child of the source is still being created
 * @param retention which children are kept
 * @param retentionText the policy in words; after a change, nothing is deleted for {@link PruneRules#HOLD_AFTER_CHANGE}
 * @param dryRun whether expired children are only reported
 * @param snapshotsPerVolume the limit of the cloud for one volume
 * @param excess why the policy does not fit into this limit, from {@link RetentionForecast#excess}. It takes long to compute, so it
 *     is computed once for each spec
 */
@RecordBuilder
public record DesiredSchedule(
        SlotTimes rule,
        String ruleText,
        Duration startingDeadline,
        Duration spread,
        boolean suspended,
        Overlap overlap,
        RetentionPolicy retention,
        String retentionText,
        boolean dryRun,
        int snapshotsPerVolume,
        Optional<String> excess) {

    /** What happens if an earlier child of the source is still being created when a slot is due. */
    public enum Overlap {
        /** The slot waits until its deadline and is then skipped for this source. */
        SKIP,
        ALLOW
    }
}
