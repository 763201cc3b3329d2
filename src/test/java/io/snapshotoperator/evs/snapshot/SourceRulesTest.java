/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.snapshot;

import static io.snapshotoperator.evs.snapshot.ReconcileInputBuilder.anInput;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.condition.CommonReason;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.createonce.ConnectionPolicy;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SourceRulesTest {
    private static final ConnectionPolicy CLAIMS = new ConnectionPolicy(false, false);
    private static final ConnectionPolicy IDS = new ConnectionPolicy(true, false);

    @Test
    void claimsAreAlwaysAllowed() {
        assertThat(check(anInput().ofClaim("data"), CLAIMS)).isEmpty();
    }

    @Test
    void idsNeedPermission() {
        assertThat(check(anInput(), CLAIMS))
                .get()
                .extracting(Verdict::message)
                .asString()
                .contains("a volume");
        assertThat(check(anInput().ofSnapshot("s-1").retaining(), CLAIMS))
                .get()
                .extracting(Verdict::message)
                .asString()
                .contains("a snapshot");
        assertThat(check(anInput(), IDS)).isEmpty();
        assertThat(check(anInput().ofSnapshot("s-1").retaining(), IDS)).isEmpty();
    }

    @Test
    void whatExistsIsTrackedAndDeletedWithoutPermission() {
        assertThat(check(anInput().withRecordedSnapshot("s-1", "available"), CLAIMS))
                .isEmpty();
        assertThat(check(anInput().deleting(), CLAIMS)).isEmpty();
    }

    @Test
    void deletionOfImportsNeedsPermissionEvenIfImportExists() {
        var imported = anInput().ofSnapshot("s-1").withRecordedSnapshot("s-1", "available");

        assertThat(check(imported, IDS))
                .get()
                .satisfies(verdict -> assertThat(verdict.reason()).isEqualTo(CommonReason.SourceNotAllowed))
                .extracting(Verdict::message)
                .asString()
                .contains("deletionPolicy to Retain");
        assertThat(check(imported.deleting(), IDS)).isPresent();
        assertThat(check(imported, ConnectionPolicy.ALL)).isEmpty();
        assertThat(check(anInput().withRecordedSnapshot("s-1", "available").deleting(), IDS))
                .as("a snapshot that the operator created")
                .isEmpty();
    }

    private static Optional<Verdict> check(ReconcileInputBuilder builder, ConnectionPolicy policy) {
        var input = builder.build();
        return SourceRules.check(input.desired(), input.recorded(), policy);
    }
}
