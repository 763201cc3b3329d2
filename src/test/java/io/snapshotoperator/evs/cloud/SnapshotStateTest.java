/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotStateTest {
    /** EVS API reference, "EVS Snapshot Status". */
    @ParameterizedTest
    @CsvSource({
        "creating, CREATING",
        "available, AVAILABLE",
        "error, ERROR",
        "deleting, DELETING",
        "error_deleting, ERROR_DELETING",
        "rollbacking, ROLLBACKING",
        "backing-up, BACKING_UP"
    })
    void readsEveryWordOfReferenceIgnoringCase(String word, SnapshotState state) {
        assertThat(SnapshotState.ofWire(word)).isEqualTo(state);
        assertThat(SnapshotState.ofWire(word.toUpperCase(Locale.ROOT))).isEqualTo(state);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "available ", "unmanaging", "in-use", "error_rollbacking", "ok"})
    void readsOtherWordsAsUnrecognized(String word) {
        assertThat(SnapshotState.ofWire(word)).isEqualTo(SnapshotState.UNRECOGNIZED);
    }

    @Test
    void readsNullAsUnrecognized() {
        assertThat(SnapshotState.ofWire(null)).isEqualTo(SnapshotState.UNRECOGNIZED);
    }
}
