/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.CREATE;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.DELETE;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.READ;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.UPDATE;
import static io.snapshotoperator.evs.cloud.http.error.ErrorRule.when;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.CINDER;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.CODES;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.SNAPSHOT_STATES;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.STATES;

import io.snapshotoperator.evs.cloud.CloudException.Kind;
import java.util.List;

/**
 * The rules of snapshots and of their volumes. Calls of volumes and jobs can get some of them too; for those,
 * {@link VolumeErrorRules} precede.
 */
final class SnapshotErrorRules {
    static final List<ErrorRule> RULES = List.of(

            // The volume.

            when("volume-attached")
                    .on(CREATE)
                    .text("current status is:? *'?in-use")
                    .means(Kind.VOLUME_ATTACHED)
                    .advice("Set spec.force: true. The snapshot then contains what is on the volume at that moment.")
                    .source(CINDER + "volume/api.py; EVS.5400 on Huawei (huaweicloud-csi-driver issue 125)"),
            when("volume-unusable-by-text")
                    .on(CREATE)
                    .text("current status is:? *'?(error|awaiting-transfer)")
                    .means(Kind.UNUSABLE_STATE)
                    .advice(
                            "Repair the volume, or contact the support of the cloud: the state does not end automatically.")
                    .source(STATES),
            when("volume-busy-by-text")
                    .on(CREATE)
                    .text("status must be .*current status is|while volume is migrating")
                    .means(Kind.BUSY)
                    .advice("Nothing to do: the operator tries again until the volume leaves its transient state.")
                    .source(STATES + "; " + CINDER + "volume/api.py"),
            when("volume-unusable")
                    .code("EVS\\.(202[01456])")
                    .means(Kind.UNUSABLE_STATE)
                    .advice(
                            "Repair the volume, or contact the support of the cloud: the state does not end automatically.")
                    .source(CODES + ", EVS.2020, EVS.2021, EVS.2024 to EVS.2026"),
            when("volume-locked")
                    .code("EVS\\.2068|EVS\\.2130")
                    .means(Kind.BUSY)
                    .advice("Nothing to do: the operator tries again until the lock or the backup of the volume ends.")
                    .source(CODES + ", EVS.2068, EVS.2130"),
            when("volume-not-supported")
                    .code("EVS\\.(1012|2089|2093)")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Choose another volume: this one is temporary, replicated by SDRS, or not an EVS volume.")
                    .source(CODES + ", EVS.1012, EVS.2089, EVS.2093"),
            when("volume-id-invalid")
                    .code("EVS\\.1002")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Correct spec.source.volumeId: EVS volume ids are UUIDs.")
                    .source(CODES + ", EVS.1002"),
            when("encryption-key-unusable")
                    .code("EVS\\.(2040|2041|2044|2055|2105)")
                    .means(Kind.UNUSABLE_STATE)
                    .advice("Check in KMS that the key of the volume is enabled and that EVS may use it.")
                    .source(CODES + ", EVS.2040, EVS.2041, EVS.2044, EVS.2055, EVS.2105"),

            // Absent.

            when("volume-not-found")
                    .on(CREATE)
                    .status("404")
                    .code("EVS\\.5404|itemNotFound")
                    .means(Kind.VOLUME_NOT_FOUND)
                    .advice("Correct spec.source: the volume does not exist in this project.")
                    .source(CODES + ", EVS.5404; " + CINDER + "'Volume … could not be found.'"),
            when("volume-not-found-by-text")
                    .on(CREATE)
                    .status("404")
                    .text("volume .*(could not be found|not found|does not exist)")
                    .means(Kind.VOLUME_NOT_FOUND)
                    .advice("Correct spec.source: the volume does not exist in this project.")
                    .source(CINDER + "'Volume … could not be found.' in an unknown wrapper"),
            when("snapshot-absent")
                    .on(READ, UPDATE, DELETE)
                    .status("404")
                    .code("EVS\\.5404|itemNotFound")
                    .source(CODES + ", EVS.5404; " + CINDER + "'Snapshot … could not be found.'"),
            when("snapshot-absent-by-text")
                    .on(READ, UPDATE, DELETE)
                    .status("404")
                    .code("error|EVS\\..*")
                    .text("snapshot .*(could not be found|not found|does not exist)")
                    .source(CINDER + "'Snapshot … could not be found.' in an unknown wrapper"),
            when("not-the-api")
                    .status("404|410")
                    .means(Kind.MISCONFIGURED)
                    .advice(
                            "Correct {endpoint}, {project-id} or {family}: the response does not say what is absent, so it"
                                    + " proves nothing.")
                    .source("EVS API reference, Error Codes: the code of an absent object is EVS.5404 or itemNotFound"),

            // The snapshot.

            when("snapshot-error-deleting")
                    .code("EVS\\.2019")
                    .means(Kind.UNUSABLE_STATE)
                    .advice(
                            "Ask the support of the cloud to remove the snapshot: only the support can end error_deleting.")
                    .source(CODES + ", EVS.2019"),
            when("snapshot-busy")
                    .code("EVS\\.(1047|2043)")
                    .means(Kind.BUSY)
                    .advice("Nothing to do: the operator tries again until the snapshot leaves its transient state.")
                    .source(CODES + ", EVS.1047, EVS.2043"),
            when("snapshot-busy-by-text")
                    .status("400|409")
                    .text("snapshot status must be")
                    .means(Kind.BUSY)
                    .advice("Nothing to do: the operator tries again until the snapshot leaves its transient state.")
                    .source(CINDER + "volume/api.py; " + SNAPSHOT_STATES),
            when("snapshot-has-dependents")
                    .text("SnapshotIsBusy|dependent volumes|snapshot .*is busy")
                    .means(Kind.BUSY)
                    .advice("Delete the volumes that are linked clones of this snapshot, or wait.")
                    .source(CINDER + "SnapshotIsBusy (openstack/freezer issue 7)"),
            when("snapshot-in-progress")
                    .code("EVS\\.2409")
                    .means(Kind.BUSY)
                    .advice("Nothing to do: the cloud creates one snapshot of a volume at a time.")
                    .source("Huawei EVS API reference, EVS.2409"),
            when("snapshot-id-invalid")
                    .code("EVS\\.(2045|1032)")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Correct the snapshot id: EVS ids are UUIDs.")
                    .source(CODES + ", EVS.1032, EVS.2045"));

    private SnapshotErrorRules() {}
}
