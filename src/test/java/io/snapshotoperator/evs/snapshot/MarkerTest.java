/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.CaseBuilder.INSTALLATION;
import static io.snapshotoperator.evs.snapshot.CaseBuilder.OWNER;
import static io.snapshotoperator.evs.snapshot.CaseBuilder.nobodys;
import static io.snapshotoperator.evs.snapshot.CaseBuilder.ours;
import static io.snapshotoperator.evs.snapshot.CaseBuilder.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MarkerTest {
    private final Marker marker = new Marker(OWNER.uid(), "order-1", INSTALLATION, "shop", "nightly");

    @Test
    void isReadAsItWasWrittenBesideTheAuthorsMetadata() {
        var metadata = marker.beside(Map.of("team", "db"));

        assertThat(metadata).hasSize(6).containsEntry("team", "db");
        assertThat(Marker.of(snapshot("s-1", "available", metadata))).contains(marker);
    }

    @Test
    void isNotOverwrittenByTheAuthorsMetadata() {
        var forged = marker.beside(Map.of(Marker.UID, "another"));

        assertThat(forged).containsEntry(Marker.UID, OWNER.uid());
    }

    @Test
    void isUnderstoodByEveryFamilyBecauseItsKeysHoldNoSlash() {
        assertThat(marker.beside(Map.of()).keySet()).allMatch(key -> key.matches("[a-zA-Z0-9-_:. ]{1,255}"));
    }

    @Test
    void isAbsentWithoutAUid() {
        assertThat(Marker.of(nobodys("s-1", "available"))).isEmpty();
        assertThat(Marker.of(snapshot("s-1", "available", Map.of(Marker.ORDER, "order-1"))))
                .isEmpty();
    }

    @Test
    void isReadFromAUidAloneBecauseTheRestMayHaveBeenEditedAway() {
        assertThat(Marker.of(snapshot("s-1", "available", Map.of(Marker.UID, OWNER.uid()))))
                .contains(new Marker(OWNER.uid(), "", "", "", ""));
    }

    @Test
    void isOfAnObjectOnlyByUidAndInstallationAndNeverByName() {
        assertThat(marker.isOf(new Owner(OWNER.uid(), "renamed", "renamed"), INSTALLATION))
                .isTrue();
        assertThat(marker.isOf(new Owner("another", "shop", "nightly"), INSTALLATION))
                .isFalse();
        assertThat(marker.isOf(OWNER, "cluster-2")).isFalse();
    }

    @Test
    void ofABackupServiceIsKnownByNameOrKey() {
        assertThat(Marker.isOfABackup(nobodys("s-1", "available"))).isFalse();
        assertThat(Marker.isOfABackup(ours("s-1", "available"))).isFalse();
        assertThat(Marker.isOfABackup(snapshot("s-1", "available", Map.of("__system__enableActive", "true"))))
                .isTrue();
    }
}
