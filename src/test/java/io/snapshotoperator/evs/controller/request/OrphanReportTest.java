/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.cloud.http.HostileText.assertNothingRaw;
import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.cloud.CloudSnapshotBuilder;
import io.snapshotoperator.evs.cloud.SnapshotId;
import io.snapshotoperator.evs.cloud.http.HostileText;
import io.snapshotoperator.evs.cloud.http.transport.Secrets;
import io.snapshotoperator.evs.createonce.OrphanedSnapshot;
import io.snapshotoperator.evs.createonce.OwnershipMarker;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrphanReportTest {
    private static final String SECRET = "hunter2";
    private static final String UID = "7b1c6e0e-5a3f-4a56-8e5a-0d6c7f1f2a3b";

    private static OrphanReport report(String uid, String namespace, String name) {
        var snapshot = CloudSnapshotBuilder.builder()
                .id(new SnapshotId("2bb856e1-b3d8-4432-a858-09e4ce939389"))
                .wireState("available")
                .metadata(Map.of())
                .build();
        return new OrphanReport(
                List.of(new OrphanedSnapshot(
                        snapshot, new OwnershipMarker(uid, "create-1", "installation", namespace, name))),
                true,
                Secrets.of(SECRET).text());
    }

    private static String printed(OrphanReport report) {
        return report.table() + report.manifests();
    }

    @Test
    void printsMarkerOfExistingForm() {
        assertThat(printed(report(UID, "team-a", "nightly.2026")))
                .contains(
                        "team-a/nightly.2026 (UID " + UID + ")",
                        "name: \"nightly.2026-2bb856e1\"",
                        "namespace: \"team-a\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", SECRET, "x-" + SECRET, "Upper", "a b", "a/b", "-a", "a\u001b[2J", "a\nkind: Pod", "a\u202e"})
    void printsNeitherInvalidNameNorSecret(String text) {
        for (var report : List.of(report(UID, text, "nightly"), report(UID, "team-a", text))) {
            assertNothingRaw(printed(report), List.of(SECRET));
            assertThat(report.table()).contains("?").doesNotContain("kind: Pod");
            assertThat(report.manifests())
                    .startsWith("# No manifest for 2bb856e1")
                    .hasLineCount(1);
        }
    }

    @Test
    void printsNoUidThatIsNone() {
        var report = report(HostileText.around(SECRET), "team-a", "nightly");

        assertNothingRaw(printed(report), List.of(SECRET));
        assertThat(report.table()).contains("team-a/nightly (UID ?)");
    }
}
