/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.exception.ClientRequestException;
import com.huaweicloud.sdk.evs.v2.EvsClient;
import com.huaweicloud.sdk.evs.v2.model.CreateSnapshotOption;
import com.huaweicloud.sdk.evs.v2.model.CreateSnapshotRequest;
import com.huaweicloud.sdk.evs.v2.model.CreateSnapshotRequestBody;
import com.huaweicloud.sdk.evs.v2.model.DeleteSnapshotRequest;
import com.huaweicloud.sdk.evs.v2.model.DeleteVolumeRequest;
import com.huaweicloud.sdk.evs.v2.model.ListSnapshotsRequest;
import com.huaweicloud.sdk.evs.v2.model.ListVolumesRequest;
import com.huaweicloud.sdk.evs.v2.model.ShowJobRequest;
import com.huaweicloud.sdk.evs.v2.model.ShowJobResponse;
import com.huaweicloud.sdk.evs.v2.model.ShowSnapshotRequest;
import com.huaweicloud.sdk.evs.v2.model.ShowVolumeRequest;
import com.huaweicloud.sdk.evs.v2.model.UpdateSnapshotOption;
import com.huaweicloud.sdk.evs.v2.model.UpdateSnapshotRequest;
import com.huaweicloud.sdk.evs.v2.model.UpdateSnapshotRequestBody;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The SDK of Huawei, with its own signer, works with the simulator without changes. */
class VendorSdkCompatibilityTest {

    private static final String VOLUME = "5aa119a8-d25b-45a7-8d1b-88e127885635";

    private final EvsSimulator simulator = EvsSimulator.start(SimulatorSettings.builder()
            .steppedFrom(Instant.parse("2026-03-01T12:00:00Z"))
            .volume(Volume.inUse(VOLUME))
            .build());

    @AfterEach
    void stop() {
        simulator.close();
    }

    private EvsClient client(String secretKey) {
        var account = simulator.settings().account();
        var credentials = new BasicCredentials()
                .withAk(account.accessKey())
                .withSk(secretKey)
                .withProjectId(account.project().id());
        return EvsClient.newBuilder()
                .withCredential(credentials)
                .withEndpoints(List.of(simulator.endpoint().toString()))
                .build();
    }

    private EvsClient client() {
        return client(simulator.settings().account().secretKey());
    }

    private static CreateSnapshotRequest create(boolean force) {
        var option = new CreateSnapshotOption()
                .withVolumeId(VOLUME)
                .withName("snap-001")
                .withDescription("Tägliche Sicherung")
                .withMetadata(Map.of("evs-snapshot-operator.uid", "u-1"))
                .withForce(force);
        return new CreateSnapshotRequest().withBody(new CreateSnapshotRequestBody().withSnapshot(option));
    }

    @Test
    void createsListsShowsRenamesAndDeletes() {
        var client = client();
        var created = client.createSnapshot(create(true));
        assertThat(created.getHttpStatusCode()).isEqualTo(202);
        var id = created.getSnapshot().getId();
        simulator.clock().advance(Duration.ofSeconds(10));

        var listed = client.listSnapshots(
                new ListSnapshotsRequest().withVolumeId(VOLUME).withName("snap-001"));
        assertThat(listed.getCount()).isEqualTo(1);
        assertThat(listed.getSnapshots().get(0).getId()).isEqualTo(id);
        assertThat(listed.getSnapshots().get(0).getServiceType()).isEqualTo("EVS");

        var shown = client.showSnapshot(new ShowSnapshotRequest().withSnapshotId(id))
                .getSnapshot();
        assertThat(shown.getStatus()).isEqualTo("available");
        assertThat(shown.getDescription()).isEqualTo("Tägliche Sicherung");
        assertThat(shown.getMetadata()).hasToString("{evs-snapshot-operator.uid=u-1}");

        var renaming = new UpdateSnapshotRequestBody().withSnapshot(new UpdateSnapshotOption().withName("other"));
        var renamed = client.updateSnapshot(
                new UpdateSnapshotRequest().withSnapshotId(id).withBody(renaming));
        assertThat(renamed.getSnapshot().getName()).isEqualTo("other");

        assertThat(client.deleteSnapshot(new DeleteSnapshotRequest().withSnapshotId(id))
                        .getHttpStatusCode())
                .isEqualTo(202);
        simulator.clock().advance(Duration.ofSeconds(3));
        assertThatThrownBy(() -> client.showSnapshot(new ShowSnapshotRequest().withSnapshotId(id)))
                .isInstanceOfSatisfying(ClientRequestException.class, e -> {
                    assertThat(e.getHttpStatusCode()).isEqualTo(404);
                    assertThat(e.getErrorCode()).isEqualTo("EVS.5404");
                    assertThat(e.getRequestId()).isNotEmpty();
                });
    }

    @Test
    void readsVolumes() {
        var volume = client().showVolume(new ShowVolumeRequest().withVolumeId(VOLUME))
                .getVolume();
        assertThat(volume.getStatus()).isEqualTo("in-use");
        assertThat(volume.getSize()).isEqualTo(40);
    }

    /** The SDK creates volumes in the version 2.1, which Open Telekom Cloud does not have. */
    @Test
    void readsJobsAndListsAndDeletesVolumes() {
        var client = client();
        var job = new Caller(simulator)
                .loggedIn()
                .below("POST", "/cloudvolumes", """
                        {"volume":{"name":"new","size":10,"availability_zone":"eu-de-01","volume_type":"SSD"}}""")
                .at("/job_id")
                .asText();
        assertThat(client.showJob(new ShowJobRequest().withJobId(job)).getStatus())
                .isEqualTo(ShowJobResponse.StatusEnum.INIT);
        simulator.clock().advance(Duration.ofSeconds(10));
        var ended = client.showJob(new ShowJobRequest().withJobId(job));
        assertThat(ended.getStatus()).isEqualTo(ShowJobResponse.StatusEnum.SUCCESS);
        var listed = client.listVolumes(new ListVolumesRequest().withName("new"));
        assertThat(listed.getCount()).isEqualTo(1);
        var id = ended.getEntities().getVolumeId();
        assertThat(listed.getVolumes().get(0).getId()).isEqualTo(id);
        var deletion = client.deleteVolume(new DeleteVolumeRequest().withVolumeId(id));
        simulator.clock().advance(Duration.ofSeconds(3));
        assertThat(client.showJob(new ShowJobRequest().withJobId(deletion.getJobId()))
                        .getJobType())
                .hasToString("deleteVolume");
        assertThatThrownBy(() -> client.showJob(new ShowJobRequest().withJobId("unknown")))
                .isInstanceOfSatisfying(ClientRequestException.class, e -> assertThat(e.getErrorCode())
                        .isEqualTo("Common.0011"));
    }

    @Test
    void readsErrors() {
        assertThatThrownBy(() -> client().createSnapshot(create(false)))
                .isInstanceOfSatisfying(ClientRequestException.class, e -> {
                    assertThat(e.getErrorCode()).isEqualTo("EVS.5400");
                    assertThat(e.getErrorMsg()).contains("status must be available");
                });
        assertThatThrownBy(() -> client("wrong").createSnapshot(create(true)))
                .isInstanceOfSatisfying(ClientRequestException.class, e -> {
                    assertThat(e.getHttpStatusCode()).isEqualTo(401);
                    assertThat(e.getErrorCode()).isEqualTo("APIGW.0301");
                });
        assertThat(simulator.snapshots().living()).isEmpty();
    }
}
