/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeStateTest {
    /** EVS API reference, "EVS Disk Status"; error_detaching from "Error Codes", EVS.2021. */
    @ParameterizedTest
    @CsvSource({
        "creating, CREATING",
        "available, AVAILABLE",
        "in-use, IN_USE",
        "In-Use, IN_USE",
        "error, ERROR",
        "deleting, DELETING",
        "error_deleting, ERROR_DELETING",
        "error_restoring, ERROR_LATER",
        "error_extending, ERROR_LATER",
        "error_rollbacking, ERROR_LATER",
        "error_detaching, ERROR_LATER",
        "attaching, TRANSIENT",
        "detaching, TRANSIENT",
        "extending, TRANSIENT",
        "restoring-backup, TRANSIENT",
        "backing-up, TRANSIENT",
        "uploading, TRANSIENT",
        "downloading, TRANSIENT",
        "rollbacking, TRANSIENT",
        "awaiting-transfer, TRANSIENT"
    })
    void mapsEveryDocumentedStatusWord(String word, VolumeState state) {
        assertThat(VolumeState.ofWire(word)).isEqualTo(state);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "pondering", "available…", "error "})
    void mapsOtherWordsToUnrecognized(String word) {
        assertThat(VolumeState.ofWire(word)).isEqualTo(VolumeState.UNRECOGNIZED);
    }

    @ParameterizedTest
    @CsvSource({"INIT, INIT", "RUNNING, RUNNING", "SUCCESS, SUCCESS", "FAIL, FAIL", "fail, FAIL", "Done, UNRECOGNIZED"})
    void mapsStatusWordsOfJobs(String word, JobState state) {
        assertThat(JobState.ofWire(word)).isEqualTo(state);
    }
}
