/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.CREATE_VOLUME;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.DELETE_VOLUME;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.READ_JOB;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.READ_VOLUME;
import static io.snapshotoperator.evs.cloud.http.error.CloudOperation.VOLUME_CALLS;
import static io.snapshotoperator.evs.cloud.http.error.ErrorRule.when;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.CINDER;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.CODES;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.CREATING_VOLUMES;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.STATES;
import static io.snapshotoperator.evs.cloud.http.error.RuleTexts.SUPPORT;

import io.snapshotoperator.evs.cloud.CloudException.Kind;
import io.snapshotoperator.evs.cloud.CloudException.QuotaScope;
import java.util.List;

/** The rules of the calls for volumes and jobs. A volume is created from a snapshot. */
final class VolumeErrorRules {
    private static final String CORRECT_SIZE =
            "Correct the size of the volume: at least the size of the snapshot, at least 10 GB, and at most 32768 GB.";
    private static final String ZONE_OF_SOURCE =
            "Check in the console that the availability zone of the source volume still accepts volumes. A volume from a"
                    + " snapshot must be in this zone.";
    private static final String TYPE_OF_SOURCE =
            "Check in the console that the availability zone of the source volume still offers its volume type. A volume"
                    + " from a snapshot must have this type.";
    private static final String OTHER_SNAPSHOT =
            "Choose another snapshot: this one does not exist in this project. A snapshot ends with its volume.";
    private static final String CORRECT_TAGS =
            "Correct spec.tags: at most 10. Keys have at most 36 and values at most 43 letters, digits, - and _.";

    static final List<ErrorRule> RULES = List.of(

            // The creation of a volume from a snapshot.

            when("volume-size-invalid")
                    .on(CREATE_VOLUME)
                    .code("EVS\\.1010")
                    .means(Kind.INVALID_REQUEST)
                    .advice(CORRECT_SIZE)
                    .source(CODES + ", EVS.1010; " + CREATING_VOLUMES),
            when("volume-size-invalid-by-text")
                    .on(CREATE_VOLUME)
                    .status("400")
                    .text("smaller than the snapshot size|volume size .*must be an integer")
                    .means(Kind.INVALID_REQUEST)
                    .advice(CORRECT_SIZE)
                    .source(CINDER + "volume/flows/api/create_volume.py"),
            when("volume-zone-invalid")
                    .on(CREATE_VOLUME)
                    .code("EVS\\.(1036|2053|2054)")
                    .means(Kind.INVALID_REQUEST)
                    .advice(ZONE_OF_SOURCE)
                    .source(CODES + ", EVS.1036, EVS.2053, EVS.2054"),
            when("volume-zone-invalid-by-text")
                    .on(CREATE_VOLUME)
                    .status("400")
                    .text("availability zone .*is invalid|same availability zone as the snapshot")
                    .means(Kind.INVALID_REQUEST)
                    .advice(ZONE_OF_SOURCE)
                    .source(CINDER + "volume/flows/api/create_volume.py"),
            when("volumes-sold-out")
                    .on(CREATE_VOLUME)
                    .code("EVS\\.2072")
                    .quotaOf(QuotaScope.VOLUMES)
                    .advice(
                            "Wait until the cloud has capacity, or contact its support: volumes of this type are sold out in"
                                    + " this availability zone.")
                    .source(CODES + ", EVS.2072"),
            when("volume-type-invalid")
                    .on(CREATE_VOLUME)
                    .code("EVS\\.(1020|2070|2071|2096)")
                    .means(Kind.INVALID_REQUEST)
                    .advice(TYPE_OF_SOURCE)
                    .source(CODES + ", EVS.1020, EVS.2070, EVS.2071, EVS.2096"),
            when("volume-type-invalid-by-text")
                    .on(CREATE_VOLUME)
                    .status("400|404")
                    .text("volume[_ ]type")
                    .means(Kind.INVALID_REQUEST)
                    .advice(TYPE_OF_SOURCE)
                    .source(CINDER + "'Volume type … could not be found.', 'Invalid volume_type'"),
            when("volume-metadata-inherited")
                    .on(CREATE_VOLUME)
                    .code("EVS\\.(1043|1063)")
                    .means(Kind.INVALID_REQUEST)
                    .advice(
                            "Remove full_clone and the keys of encryption and SCSI mode from spec.metadata. A volume inherits"
                                    + " encryption and SCSI mode from the snapshot.")
                    .source(CODES + ", EVS.1043, EVS.1063; " + CREATING_VOLUMES),
            when("volume-source-ambiguous")
                    .on(CREATE_VOLUME)
                    .code("EVS\\.1016")
                    .means(Kind.INVALID_REQUEST)
                    .advice(SUPPORT)
                    .source(CODES + ", EVS.1016 (the operator sends only snapshot_id)"),
            when("volume-name-invalid")
                    .on(CREATE_VOLUME)
                    .code("EVS\\.1003")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Correct spec.name: at most 250 bytes.")
                    .source(CODES + ", EVS.1003; " + CREATING_VOLUMES),
            when("volume-tags-invalid")
                    .on(CREATE_VOLUME)
                    .code("EVS\\.(1061|1062)")
                    .means(Kind.INVALID_REQUEST)
                    .advice(CORRECT_TAGS)
                    .source(CODES + ", EVS.1061, EVS.1062; " + CREATING_VOLUMES),
            when("volume-tags-invalid-by-text")
                    .on(CREATE_VOLUME)
                    .status("400")
                    .text("invalid tags")
                    .means(Kind.INVALID_REQUEST)
                    .advice(CORRECT_TAGS)
                    .source("EVS API reference, Adding Tags in Batches, example response"),
            when("volume-of-snapshot-not-supported")
                    .on(CREATE_VOLUME)
                    .code("EVS\\.(1012|2089|2093)")
                    .means(Kind.INVALID_REQUEST)
                    .advice(
                            "Choose a snapshot of another volume: this one is temporary, replicated by SDRS, or not an EVS"
                                    + " volume.")
                    .source(CODES + ", EVS.1012, EVS.2089, EVS.2093"),
            when("snapshot-of-volume-not-found")
                    .on(CREATE_VOLUME)
                    .status("404")
                    .code("EVS\\.5404|itemNotFound")
                    .means(Kind.INVALID_REQUEST)
                    .advice(OTHER_SNAPSHOT)
                    .source(CODES + ", EVS.5404; " + CINDER + "'Snapshot … could not be found.'"),
            when("snapshot-of-volume-not-found-by-text")
                    .on(CREATE_VOLUME)
                    .status("404")
                    .text("snapshot .*(could not be found|not found|does not exist)")
                    .means(Kind.INVALID_REQUEST)
                    .advice(OTHER_SNAPSHOT)
                    .source(CINDER + "'Snapshot … could not be found.' in an unknown wrapper"),

            // The deletion of a volume.

            when("volume-not-deletable")
                    .on(DELETE_VOLUME)
                    .code("EVS\\.1046")
                    .means(Kind.BUSY)
                    .advice("Detach the volume, or wait until it leaves its transient state.")
                    .source(CODES + ", EVS.1046"),
            when("volume-not-deletable-by-text")
                    .on(DELETE_VOLUME)
                    .status("400|409")
                    .text(
                            "must not be migrating, attached|volume status must be|has snapshots?\\b|dependent snapshots?\\b")
                    .means(Kind.BUSY)
                    .advice("Detach the volume and delete its snapshots, or wait until it leaves its transient state.")
                    .source(CINDER + "volume/api.py; " + STATES),
            when("volume-protected")
                    .on(DELETE_VOLUME)
                    .code("EVS\\.(1012|2089|2093)")
                    .means(Kind.UNUSABLE_STATE)
                    .advice("Remove the volume from SDRS, or delete it with the service that manages it.")
                    .source(CODES + ", EVS.1012, EVS.2089, EVS.2093"),

            // The id.

            when("id-of-volume-invalid")
                    .on(VOLUME_CALLS)
                    .code("EVS\\.(1002|1032)")
                    .means(Kind.INVALID_REQUEST)
                    .advice("Correct the id: EVS does not accept it.")
                    .source(CODES + ", EVS.1002, EVS.1032"),
            when("volume-absent")
                    .on(READ_VOLUME, DELETE_VOLUME)
                    .status("404")
                    .code("EVS\\.5404|itemNotFound")
                    .source(CODES + ", EVS.5404; " + CINDER + "'Volume … could not be found.'"),
            when("volume-absent-by-text")
                    .on(READ_VOLUME, DELETE_VOLUME)
                    .status("404")
                    .code("error|EVS\\..*")
                    .text("volume .*(could not be found|not found|does not exist)")
                    .source(CINDER + "'Volume … could not be found.' in an unknown wrapper"),
            when("job-absent")
                    .on(READ_JOB)
                    .status("400|404")
                    .code("Common\\.0011|EVS\\.5404|itemNotFound")
                    .source(CODES + ", Common.0011 ('No jobs found.' with 400), EVS.5404"));

    private VolumeErrorRules() {}
}
