/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

import static io.snapshotoperator.evs.controller.Requests.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import io.snapshotoperator.evs.controller.EventRecorder;
import io.snapshotoperator.evs.controller.FakeStore;
import io.snapshotoperator.evs.controller.ReconcileExtension.FollowUp;
import io.snapshotoperator.evs.controller.Requests;
import io.snapshotoperator.evs.controller.ResourceWriter;
import io.snapshotoperator.evs.telemetry.SnapshotMetrics;
import io.snapshotoperator.evs.testing.Cluster;
import io.snapshotoperator.evs.testing.LogCapture;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SourceRiskReporterTest {
    private static final Duration INTERVAL = Duration.ofMinutes(5);

    private final Cluster cluster = Cluster.embedded();
    private final LogCapture log = LogCapture.of(SourceRiskReporter.class);
    private final List<ResourceID> triggered = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private final TerminatingClaims claims = new TerminatingClaims(triggered::add);
    private final FakeStore<VolumeSnapshotRequest, VolumeSnapshotRequestStatus> store = new FakeStore<>(readyRequest());
    private final SourceRiskReporter reporter = new SourceRiskReporter(cluster.client(), claims, INTERVAL);

    @BeforeEach
    void attachCache() {
        reporter.attach(cacheOf(store.get()));
    }

    @AfterEach
    void close() {
        log.close();
        cluster.close();
    }

    private static VolumeSnapshotRequest readyRequest() {
        var request = Requests.newRequest();
        request.setSpec(VolumeSnapshotRequestSpec.of(SnapshotSource.ofClaim("data")));
        request.setStatus(VolumeSnapshotRequestStatusBuilder.builder()
                .snapshotId("s-1")
                .snapshotStatus("available")
                .volumeId(Requests.VOLUME.value())
                .observedGeneration(1L)
                .build());
        return request;
    }

    /** A cache whose index finds this request. */
    @SuppressWarnings("unchecked")
    private static IndexerResourceCache<VolumeSnapshotRequest> cacheOf(VolumeSnapshotRequest request) {
        return (IndexerResourceCache<VolumeSnapshotRequest>) Proxy.newProxyInstance(
                IndexerResourceCache.class.getClassLoader(),
                new Class<?>[] {IndexerResourceCache.class},
                (self, method, args) -> method.getName().equals("byIndex")
                                && request.getSpec()
                                        .source()
                                        .persistentVolumeClaimName()
                                        .equals(args[1])
                        ? List.of(request)
                        : List.of());
    }

    private static PersistentVolumeClaim claim(String uid) {
        return new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace(Requests.IDENTITY.namespace())
                .withName("data")
                .withUid(uid)
                .endMetadata()
                .withNewSpec()
                .withVolumeName("pv-1")
                .endSpec()
                .build();
    }

    private void createVolume(String policy) {
        cluster.client()
                .resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName("pv-1")
                        .endMetadata()
                        .withNewSpec()
                        .withPersistentVolumeReclaimPolicy(policy)
                        .withNewClaimRef()
                        .withNamespace(Requests.IDENTITY.namespace())
                        .withName("data")
                        .withUid("claim-1")
                        .endClaimRef()
                        .withNewCsi()
                        .withDriver("disk.csi.everest.io")
                        .withVolumeHandle(Requests.VOLUME.value())
                        .endCsi()
                        .endSpec()
                        .build())
                .create();
    }

    private void setPolicy(String policy) {
        cluster.client().persistentVolumes().withName("pv-1").edit(volume -> {
            volume.getSpec().setPersistentVolumeReclaimPolicy(policy);
            return volume;
        });
    }

    private FollowUp report(SourceRiskReporter with, Instant now) {
        var recorder = new EventRecorder(events::add, new SnapshotMetrics(new SimpleMeterRegistry()));
        return with.reconcile(new ResourceWriter<>(store.get(), store, recorder, now), now);
    }

    @Test
    void readsNothingForRequestWhoseClaimNobodyDeleted() {
        var withoutClient = new SourceRiskReporter(null, claims, INTERVAL);

        var report = report(withoutClient, NOON);

        assertThat(report).isEqualTo(FollowUp.NONE);
        assertThat(store.writes()).isEmpty();
    }

    @Test
    void triggersRequestOnceForEachDeletedClaim() {
        claims.seen(claim("claim-1"));
        claims.seen(claim("claim-1"));
        assertThat(triggered).containsExactly(new ResourceID(Requests.IDENTITY.name(), Requests.IDENTITY.namespace()));

        claims.seen(claim("claim-2"));
        assertThat(triggered).hasSize(2);
    }

    @Test
    void ignoresClaimsOfOtherNamesAndNamespaces() {
        var otherNamespace = claim("claim-1");
        otherNamespace.getMetadata().setNamespace("bank");
        claims.seen(otherNamespace);
        var otherName = claim("claim-1");
        otherName.getMetadata().setName("other");
        claims.seen(otherName);

        assertThat(triggered).isEmpty();
    }

    @Test
    void reportsRiskOnceAndChecksAgainSlowly() {
        createVolume("Delete");
        claims.seen(claim("claim-1"));

        var first = report(reporter, NOON);
        var second = report(reporter, NOON.plusSeconds(60));
        report(reporter, NOON.plus(INTERVAL));

        assertThat(store.get().getStatus().sourceRisk().persistentVolumeName()).isEqualTo("pv-1");
        assertThat(store.writes()).containsExactly("status");
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.getReason()).isEqualTo("SourceAtRisk");
            assertThat(event.getType()).isEqualTo("Warning");
        });
        assertThat(first.within()).contains(INTERVAL);
        assertThat(second.within()).contains(Duration.ofMinutes(4));
    }

    @Test
    void readsAtMostOnceInIntervalHoweverOftenClaimIsCreatedAgain() {
        createVolume("Retain");
        claims.seen(claim("claim-1"));
        report(reporter, NOON);
        setPolicy("Delete");
        claims.seen(claim("claim-2"));

        var early = report(reporter, NOON.plusSeconds(60));
        assertThat(store.get().getStatus().sourceRisk()).isNull();
        assertThat(early.within()).contains(Duration.ofMinutes(4));
        report(reporter, NOON.plus(INTERVAL));

        assertThat(store.get().getStatus().sourceRisk()).isNotNull();
    }

    @Test
    void removesRiskWhenVolumeIsRetained() {
        createVolume("Delete");
        claims.seen(claim("claim-1"));
        report(reporter, NOON);
        setPolicy("Retain");

        var report = report(reporter, NOON.plus(INTERVAL));

        assertThat(store.get().getStatus().sourceRisk()).isNull();
        assertThat(report.within()).isEmpty();
        assertThat(report.readCloud()).isFalse();
    }

    @Test
    void newLeaderContinuesWithWhatStatusSays() {
        createVolume("Delete");
        claims.seen(claim("claim-1"));
        report(reporter, NOON);
        setPolicy("Retain");

        report(new SourceRiskReporter(cluster.client(), new TerminatingClaims(id -> {}), INTERVAL), NOON);

        assertThat(store.get().getStatus().sourceRisk()).isNull();
    }

    @Test
    void letsSnapshotBeReadWhenPersistentVolumeIsGone() {
        claims.seen(claim("claim-1"));

        var report = report(reporter, NOON);

        assertThat(report.readCloud()).isTrue();
        assertThat(store.writes()).isEmpty();
    }

    @Test
    void rejectedReadIsLoggedOnceAndFailsNothing() {
        claims.seen(claim("claim-1"));
        var failing = new SourceRiskReporter(rejectingClient(), claims, INTERVAL);

        var first = report(failing, NOON);
        var second = report(failing, NOON.plus(INTERVAL));

        assertThat(first.within()).contains(INTERVAL);
        assertThat(second.within()).contains(INTERVAL);
        assertThat(log.lines()).hasSize(1);
        assertThat(store.writes()).isEmpty();
    }

    private static KubernetesClient rejectingClient() {
        return (KubernetesClient) Proxy.newProxyInstance(
                KubernetesClient.class.getClassLoader(),
                new Class<?>[] {KubernetesClient.class},
                (self, method, args) -> {
                    throw new KubernetesClientException("no right", 403, null);
                });
    }

    @Test
    void requestThatIsBeingDeletedIsNotChecked() {
        store.changeByOther(request -> request.getMetadata().setDeletionTimestamp(NOON.toString()));
        claims.seen(claim("claim-1"));

        assertThat(report(reporter, NOON)).isEqualTo(FollowUp.NONE);
    }
}
