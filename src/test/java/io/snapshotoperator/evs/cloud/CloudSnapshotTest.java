/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloudSnapshotTest {
    private final CloudSnapshotBuilder snapshot =
            CloudSnapshotBuilder.builder().id(new SnapshotId("s-1")).wireState("available");

    @ParameterizedTest
    @CsvSource({
        "autobk_snapshot_vbs_1, true",
        "manualbk_snapshot_csbs_1, true",
        "vsr-shop-nightly, false",
        "my-autobk_snapshot_, false"
    })
    void detectsBackupByPrefixOfName(String name, boolean isBackup) {
        assertThat(snapshot.name(name).build().isBackup()).isEqualTo(isBackup);
    }

    @Test
    void detectsBackupByMetadataKey() {
        assertThat(snapshot.metadata(Map.of("__system__enableActive", "true"))
                        .build()
                        .isBackup())
                .isTrue();
        assertThat(snapshot.metadata(Map.of("team", "db")).build().isBackup()).isFalse();
    }

    @Test
    void isNoBackupWithoutNameAndMetadata() {
        assertThat(snapshot.build().isBackup()).isFalse();
    }
}
