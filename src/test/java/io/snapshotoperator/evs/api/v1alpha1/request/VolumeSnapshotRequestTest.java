/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.snapshotoperator.evs.api.v1alpha1.ConnectionRef;
import io.snapshotoperator.evs.api.v1alpha1.FailedAttemptBuilder;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Stored objects outlive a version of the operator. They must stay readable, and reading must not change them. */
class VolumeSnapshotRequestTest {

    @Test
    void readsObjectWithUnknownFields() throws IOException {
        var request = requestOfLaterVersion();

        assertThat(request.getSpec().source())
                .isEqualTo(SnapshotSource.ofVolume("5aa119a8-d25b-45a7-8d1b-88e127885635"));
        assertThat(request.getSpec().connectionRef()).isEqualTo(new ConnectionRef("project-a"));
        assertThat(request.getSpec().metadata()).isEqualTo(Map.of("team", "db"));
        assertThat(request.getStatus().snapshotStatus()).isEqualTo("hibernating");
        assertThat(request.getStatus().observedGeneration()).isEqualTo(3);
        assertThat(request.getStatus().failedAttempts())
                .isEqualTo(List.of(FailedAttemptBuilder.builder()
                        .time("2026-01-01T00:00:00Z")
                        .operation("create")
                        .build()));
        assertThat(request.getStatus().conditions()).singleElement().satisfies(condition -> {
            assertThat(condition.getType()).isEqualTo("Ready");
            assertThat(condition.getReason()).isEqualTo("Hibernating");
        });
    }

    @Test
    void readsUnknownPoliciesAsUnrecognized() throws IOException {
        var spec = requestOfLaterVersion().getSpec();

        assertThat(spec.deletionPolicy()).isEqualTo(DeletionPolicy.Unrecognized);
        assertThat(spec.failurePolicy()).isEqualTo(FailurePolicy.Unrecognized);
    }

    @Test
    void readsAbsentFieldsAsNullAndAbsentCollectionsAsEmpty() {
        var request =
                Serialization.unmarshal("spec: {source: {snapshotId: s-1}}\nstatus: {}", VolumeSnapshotRequest.class);

        assertThat(request.getSpec()).isEqualTo(VolumeSnapshotRequestSpec.of(SnapshotSource.ofSnapshot("s-1")));
        assertThat(request.getSpec().metadata()).isEmpty();
        assertThat(request.getStatus().conditions()).isEmpty();
        assertThat(request.getStatus().duplicateSnapshotIds()).isEmpty();
        assertThat(request.getStatus().failedAttempts()).isEmpty();
    }

    @Test
    void newObjectHasNoStatus() {
        assertThat(new VolumeSnapshotRequest().getStatus()).isNull();
    }

    @Test
    void writesWhatItRead() {
        var written = """
                {"apiVersion":"evs.snapshot-operator.io/v1alpha1","kind":"VolumeSnapshotRequest",\
                "metadata":{"name":"nightly"},\
                "spec":{"source":{"persistentVolumeClaimName":"data"},"name":"n","description":"","force":false,\
                "metadata":{"b":"1","a":"2"},"deletionPolicy":"Retain","readyWithin":"60m","ttl":"24h",\
                "failurePolicy":"Replace","maxAttempts":3,"connectionRef":{"name":"c"}},\
                "status":{"replacements":0,"observedGeneration":-1}}""";

        assertThat(Serialization.asJson(Serialization.unmarshal(written, VolumeSnapshotRequest.class)))
                .isEqualTo(written);
    }

    private static VolumeSnapshotRequest requestOfLaterVersion() throws IOException {
        try (var fixture =
                VolumeSnapshotRequestTest.class.getResourceAsStream("/VolumeSnapshotRequestTest/later-version.yaml")) {
            return Serialization.unmarshal(fixture, VolumeSnapshotRequest.class);
        }
    }
}
