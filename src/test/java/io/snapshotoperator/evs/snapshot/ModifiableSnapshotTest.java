/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anIntent;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.foreignSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.ownedSnapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.snapshot;
import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.unmarkedSnapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModifiableSnapshotTest {
    private final ReconcileInput created = anInput().withCreateIntent().build();
    private final ReconcileInput imported = anInput().ofSnapshot("s-1").build();

    @Test
    void allowsSnapshotWithOwnMarker() {
        assertThat(ModifiableSnapshot.check(created, ownedSnapshot("s-1", "available")))
                .map(ModifiableSnapshot::id)
                .contains(new SnapshotId("s-1"));
    }

    @Test
    void deniesUnmarkedSnapshotOfCreatedRequest() {
        assertThat(ModifiableSnapshot.check(created, unmarkedSnapshot("s-1", "available")))
                .isEmpty();
    }

    @Test
    void deniesSnapshotOfAnotherObject() {
        assertThat(ModifiableSnapshot.check(created, foreignSnapshot("s-1", "available")))
                .isEmpty();
        assertThat(ModifiableSnapshot.check(imported, foreignSnapshot("s-1", "available")))
                .isEmpty();
    }

    @Test
    void deniesSnapshotOfAnotherInstallation() {
        var owner = ReconcileInputBuilder.OWNER;
        var marker = new OwnershipMarker(owner.uid(), "create-1", "cluster-2", owner.namespace(), owner.name());

        assertThat(ModifiableSnapshot.check(created, snapshot("s-1", "available", marker.addTo(Map.of()))))
                .isEmpty();
    }

    @Test
    void allowsUnmarkedSnapshotThatSpecImportsWithPolicyDelete() {
        assertThat(ModifiableSnapshot.check(imported, unmarkedSnapshot("s-1", "available")))
                .isPresent();
    }

    @Test
    void deniesImportedSnapshotWithPolicyRetain() {
        var retained = anInput().ofSnapshot("s-1").retaining().build();

        assertThat(ModifiableSnapshot.check(retained, unmarkedSnapshot("s-1", "available")))
                .isEmpty();
    }

    @Test
    void deniesSnapshotThatOnlyTheAnnotationNames() {
        var forged = anInput()
                .ofSnapshot("s-1")
                .withIntent(anIntent().forReplacement(new SnapshotId("s-2"), "create-1"))
                .build();

        assertThat(ModifiableSnapshot.check(forged, unmarkedSnapshot("s-2", "error")))
                .isEmpty();
    }

    @Test
    void deniesImportedSnapshotOfBackupService() {
        assertThat(ModifiableSnapshot.check(
                        imported, snapshot("s-1", "available", Map.of("__system__enableActive", "true"))))
                .isEmpty();
    }
}
