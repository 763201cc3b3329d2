/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.INSTALLATION;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.OWNER;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.snapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.unmarkedSnapshot;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class OwnershipMarkerTest {
    private final OwnershipMarker marker =
            new OwnershipMarker(OWNER.uid(), "create-1", INSTALLATION, "shop", "nightly");

    @Test
    void readsMarkerFromMetadataOfUser() {
        var metadata = marker.addTo(Map.of("team", "db"));

        assertThat(metadata).hasSize(6).containsEntry("team", "db");
        assertThat(OwnershipMarker.of(snapshot("s-1", "available", metadata))).contains(marker);
    }

    @Test
    void takesPrecedenceOverMetadataOfUser() {
        var forged = marker.addTo(Map.of(OwnershipMarker.UID, "another"));

        assertThat(forged).containsEntry(OwnershipMarker.UID, OWNER.uid());
    }

    @Test
    void usesKeysThatBothApisAccept() {
        assertThat(marker.addTo(Map.of()).keySet()).allMatch(key -> key.matches("[a-zA-Z0-9-_:. ]{1,255}"));
    }

    @Test
    void isAbsentWithoutUid() {
        assertThat(OwnershipMarker.of(unmarkedSnapshot("s-1", "available"))).isEmpty();
        assertThat(OwnershipMarker.of(snapshot("s-1", "available", Map.of(OwnershipMarker.CREATE_ID, "create-1"))))
                .isEmpty();
    }

    @Test
    void readsMarkerThatContainsOnlyUid() {
        assertThat(OwnershipMarker.of(snapshot("s-1", "available", Map.of(OwnershipMarker.UID, OWNER.uid()))))
                .contains(new OwnershipMarker(OWNER.uid(), "", "", "", ""));
    }

    @Test
    void belongsToObjectByUidAndInstallationOnly() {
        assertThat(marker.belongsTo(new ObjectIdentity(OWNER.uid(), "renamed", "renamed"), INSTALLATION))
                .isTrue();
        assertThat(marker.belongsTo(new ObjectIdentity("another", "shop", "nightly"), INSTALLATION))
                .isFalse();
        assertThat(marker.belongsTo(OWNER, "cluster-2")).isFalse();
    }
}
