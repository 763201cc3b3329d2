/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.csi;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatusBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.controller.ClaimVolumeResolver;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.FakeStore;
import io.snapshotoperator.evs.controller.Requests;
import io.snapshotoperator.evs.controller.ResourceWriter;
import io.snapshotoperator.evs.controller.ScriptedClient;
import io.snapshotoperator.evs.csi.ContentAdmission.DriverLocation;
import io.snapshotoperator.evs.csi.ContentReason;
import io.snapshotoperator.evs.csi.DesiredContentBuilder;
import io.snapshotoperator.evs.csi.ObservedContent;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import io.snapshotoperator.evs.testing.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SnapshotContentExtensionTest {
    private static final String DRIVER = "disk.csi.everest.io";
    private static final String OTHER_DRIVER = "evs.csi.huaweicloud.com";
    private static final SnapshotContentSpec OF_CLAIM_DRIVER =
            SnapshotContentSpecBuilder.builder().build();
    private static final SnapshotContentSpec OF_NAMED_DRIVER =
            SnapshotContentSpecBuilder.builder().driver(DRIVER).build();

    private final Cluster cluster = Cluster.embedded();
    private final KubernetesClient client = cluster.client();
    private final SnapshotApi api = new SnapshotApi(client);
    private final List<Event> events = new ArrayList<>();
    private final SnapshotContentExtension extension = new SnapshotContentExtension(
            client,
            new ClaimVolumeResolver(client, Set.of(), Duration.ofSeconds(30)),
            new ContentPermission(true, Set.of("*"), () -> new DriverLocation.At(ScriptedClient.HERE)),
            Duration.ofSeconds(10));
    private final VolumeSnapshotRequest request = ReadyRequest.of(Requests.newRequest());

    @AfterEach
    void close() {
        cluster.close();
    }

    private void ask(SnapshotSource source, SnapshotContentSpec content) {
        request.setSpec(VolumeSnapshotRequestSpecBuilder.builder()
                .source(source)
                .volumeSnapshotContent(content)
                .build());
    }

    private void ask(SnapshotContentSpec content) {
        ask(SnapshotSource.ofVolume("v-1"), content);
    }

    private void record(SnapshotContentStatusBuilder content) {
        request.setStatus(ReadyRequest.status("True")
                .volumeSnapshotContent(
                        content.message("").name("evs-uid-1-1").binding(1).build())
                .build());
    }

    private FakeStore<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> store() {
        return new FakeStore<>(request);
    }

    private Optional<Duration> reconcile(FakeStore<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> store) {
        var recorder = new EventRecorder(events::add, new SnapshotMetrics(new SimpleMeterRegistry()));
        return extension
                .reconcile(new ResourceWriter<>(store.get(), store, recorder, NOON), NOON)
                .within();
    }

    private static SnapshotContentStatus reported(FakeStore<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> store) {
        return store.get().getStatus().volumeSnapshotContent();
    }

    private ObservedContent content(int number) {
        return api.findContent("evs-uid-1-" + number).orElseThrow();
    }

    private void createContent(int number, String driver) {
        api.createContent(
                request,
                "evs-uid-1-" + number,
                DesiredContentBuilder.builder()
                        .snapshotHandle(ReadyRequest.SNAPSHOT)
                        .driver(driver)
                        .volumeSnapshotName("nightly")
                        .createVolumeSnapshot(false)
                        .build());
    }

    private Object volumeMode(int number) {
        return client.genericKubernetesResources(SnapshotApi.CONTENTS)
                .withName("evs-uid-1-" + number)
                .get()
                .get("spec", "sourceVolumeMode");
    }

    private void createClaimOfBlockVolume() {
        var claim = client.resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withNamespace("shop")
                        .withName("data")
                        .endMetadata()
                        .withNewSpec()
                        .withVolumeName("pv-1")
                        .endSpec()
                        .withNewStatus()
                        .withPhase("Bound")
                        .endStatus()
                        .build())
                .create();
        client.resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName("pv-1")
                        .endMetadata()
                        .withNewSpec()
                        .withVolumeMode("Block")
                        .withNewClaimRef()
                        .withNamespace("shop")
                        .withName("data")
                        .withUid(claim.getMetadata().getUid())
                        .endClaimRef()
                        .withNewCsi()
                        .withDriver(DRIVER)
                        .withVolumeHandle("v-1")
                        .endCsi()
                        .endSpec()
                        .build())
                .create();
    }

    @Test
    void holdsRequestBeforeItCreatesContent() {
        ask(OF_NAMED_DRIVER);
        var store = store();
        var found = new ArrayList<Optional<ObservedContent>>();
        store.beforeNextWrite(() -> found.add(api.findContent("evs-uid-1-1")));

        reconcile(store);

        assertThat(found).containsExactly(Optional.empty());
        assertThat(store.get().hasFinalizer(Api.CONTENT_FINALIZER)).isTrue();
        assertThat(content(1).driver()).isEqualTo(DRIVER);
        assertThat(reported(store).reason()).isEqualTo(ContentReason.ContentAvailable.name());
    }

    /** Without it, the deletion of the request would delete the snapshot of a VolumeSnapshot that is in use. */
    @Test
    void addsFinalizerThatUserRemoved() {
        ask(OF_NAMED_DRIVER);
        record(SnapshotContentStatusBuilder.builder()
                .driver(DRIVER)
                .boundTo("nightly")
                .reason(ContentReason.ContentBound.name()));
        createContent(1, DRIVER);
        var store = store();

        reconcile(store);

        assertThat(store.get().hasFinalizer(Api.CONTENT_FINALIZER)).isTrue();
    }

    @Test
    void reportsThatFinalizerIsRejected() {
        ask(OF_NAMED_DRIVER);
        var store = store();
        store.beforeNextWrite(() -> {
            throw FakeStore.rejection(422);
        });

        assertThat(reconcile(store)).contains(Duration.ofMinutes(5));

        assertThat(reported(store).reason()).isEqualTo(ContentReason.ContentRejected.name());
        assertThat(events).extracting(Event::getReason).containsExactly(ContentReason.ContentRejected.name());
        assertThat(api.findContent("evs-uid-1-1")).isEmpty();
    }

    @Test
    void keepsVolumeModeOfClaimWhenUserNamesDriver() {
        createClaimOfBlockVolume();
        ask(SnapshotSource.ofClaim("data"), OF_NAMED_DRIVER);
        var store = store();

        reconcile(store);

        assertThat(volumeMode(1)).isEqualTo("Block");
        assertThat(reported(store).sourceVolumeMode()).isEqualTo("Block");
    }

    @Test
    void takesDriverOfClaimAfterUserRemovedWrongOne() {
        createClaimOfBlockVolume();
        ask(SnapshotSource.ofClaim("data"), OF_CLAIM_DRIVER);
        record(SnapshotContentStatusBuilder.builder()
                .driver(OTHER_DRIVER)
                .reason(ContentReason.WaitingForDriver.name()));
        createContent(1, OTHER_DRIVER);
        var store = store();

        reconcile(store);
        reconcile(store);

        assertThat(api.findContent("evs-uid-1-1")).isEmpty();
        assertThat(content(2).driver()).isEqualTo(DRIVER);
        assertThat(reported(store).driver()).isEqualTo(DRIVER);
    }

    @Test
    void usesResolvedDriverWhenClaimIsGone() {
        ask(SnapshotSource.ofClaim("data"), OF_CLAIM_DRIVER);
        record(SnapshotContentStatusBuilder.builder()
                .driver(DRIVER)
                .sourceVolumeMode("Block")
                .reason(ContentReason.ContentReplacing.name()));
        var store = store();

        reconcile(store);

        assertThat(content(2).driver()).isEqualTo(DRIVER);
        assertThat(volumeMode(2)).isEqualTo("Block");
    }

    /** All writes of the status can have failed since the number that it records. */
    @Test
    void removesContentOfAnyNumberBeforeItReleasesRequest() {
        ask(null);
        record(SnapshotContentStatusBuilder.builder().driver(DRIVER).reason(ContentReason.ContentAvailable.name()));
        request.addFinalizer(Api.CONTENT_FINALIZER);
        createContent(4, DRIVER);
        var store = store();

        reconcile(store);
        reconcile(store);

        assertThat(api.findContent("evs-uid-1-4")).isEmpty();
        assertThat(store.get().hasFinalizer(Api.CONTENT_FINALIZER)).isFalse();
    }

    @Test
    void reportsContentOfFirstNumberThatLostItsLabel() {
        ask(OF_NAMED_DRIVER);
        request.addFinalizer(Api.CONTENT_FINALIZER);
        createContent(1, DRIVER);
        client.genericKubernetesResources(SnapshotApi.CONTENTS)
                .withName("evs-uid-1-1")
                .edit(object -> {
                    object.getMetadata().setLabels(null);
                    return object;
                });
        var store = store();

        reconcile(store);

        assertThat(reported(store).reason()).isEqualTo(ContentReason.ContentConflict.name());
    }
}
