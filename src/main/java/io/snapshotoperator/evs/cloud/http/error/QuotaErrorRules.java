/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.CREATE;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.CREATE_VOLUME;
import static io.snapshotoperator.evs.cloud.http.error.ErrorRule.when;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.CINDER;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.CODES;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.NOTHING_TO_DO;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.STATUSES;

import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudException.QuotaScope;
import java.util.List;

/** The rules of used-up quotas, and of other responses with the status of a used-up quota. */
final class QuotaErrorRules {
    private static final String INCREASE_QUOTA_OF_VOLUMES =
            "Delete volumes, or increase the quota of volumes and gigabytes of the project.";

    static final List<ErrorRule> RULES = List.of(
            when("rate-limited-as-413")
                    .status("413")
                    .text("rate.?limit")
                    .means(Kind.THROTTLED)
                    .advice("Nothing to do: the whole connection slows down.")
                    .source("OpenStack, older rate limiter: 413 overLimit"),
            when("metadata-too-long")
                    .text("greater than 255 characters|size of metadata is too large")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Shorten spec.metadata: keys and values have at most 255 characters.")
                    .source(CINDER + "metadata checks; " + CODES + ", EVS.1005"),
            when("quota-of-volume-by-text")
                    .on(CREATE)
                    .status("4..")
                    .text("snapshots?\\b.*\\b(per|each|of the|for the|for this|of this) (volume|disk)\\b.*"
                            + "|(volume|disk)\\b.*\\b(maximum|limit|exceed\\w*)\\b.*\\bsnapshots")
                    .quotaOf(QuotaScope.VOLUME)
                    .advice("Delete snapshots of this volume: a volume can have 7 snapshots created by users.")
                    .source(
                            "EVS user guide, snapshot constraints: 7 per disk. The response is not documented: a guess"),
            when("quota-of-snapshots-by-text")
                    .on(CREATE)
                    .status("4..")
                    .text("Maximum number of snapshots")
                    .quotaOf(QuotaScope.VOLUME)
                    .advice("Delete snapshots of this volume (it can have 7), or increase the quota of the project.")
                    .source(CINDER + "quota messages. They do not name the scope, so the smaller scope is suspended"),
            when("quota-of-project-by-text")
                    .on(CREATE)
                    .status("4..")
                    .text("allowed gigabytes quota|exceeded .*quota")
                    .quotaOf(QuotaScope.PROJECT)
                    .advice("Delete snapshots, or increase the quota of snapshots and gigabytes of the project.")
                    .source(CINDER + "quota messages; EVS API reference, Querying Tenant Quotas"),
            when("quota-of-project")
                    .on(CREATE)
                    .code("EVS\\.(1034|1042)")
                    .quotaOf(QuotaScope.PROJECT)
                    .advice("Delete snapshots, or increase the quota of snapshots and gigabytes of the project.")
                    .source(CODES + ", EVS.1034, EVS.1042"),
            when("quota")
                    .on(CREATE)
                    .status("413")
                    .quotaOf(QuotaScope.VOLUME)
                    .advice("Delete snapshots of this volume (it can have 7), or increase the quota of the project.")
                    .source(STATUSES + ", 413 overLimit; " + CODES
                            + ", EVS.5413. They do not name the scope, so the smaller scope is suspended"),
            when("volumes-quota-by-text")
                    .on(CREATE_VOLUME)
                    .status("4..")
                    .text("Maximum number of volumes|exceeds allowed gigabytes quota|larger than maximum allowed limit")
                    .quotaOf(QuotaScope.VOLUMES)
                    .advice(INCREASE_QUOTA_OF_VOLUMES)
                    .source(CINDER + "quota messages; EVS API reference, Querying Tenant Quotas"),
            when("volumes-quota")
                    .on(CREATE_VOLUME)
                    .code("EVS\\.(1034|1042|5413)")
                    .quotaOf(QuotaScope.VOLUMES)
                    .advice(INCREASE_QUOTA_OF_VOLUMES)
                    .source(CODES + ", EVS.1034, EVS.1042, EVS.5413"),
            when("volumes-quota-by-status")
                    .on(CREATE_VOLUME)
                    .status("413")
                    .quotaOf(QuotaScope.VOLUMES)
                    .advice(INCREASE_QUOTA_OF_VOLUMES)
                    .source(STATUSES + ", 413 overLimit"),
            when("quota-unreadable")
                    .code("EVS\\.(1033|2032|2033)")
                    .means(Kind.TRANSIENT)
                    .advice(NOTHING_TO_DO)
                    .source(CODES + ", EVS.1033, EVS.2032, EVS.2033"));

    private QuotaErrorRules() {}
}
