/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.restore;

import static io.snapshotoperator.evs.testing.RestoreSteps.ofRequest;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofClaim;
import static io.snapshotoperator.evs.testing.SpecBuilder.ofVolume;
import static io.snapshotoperator.evs.testing.StoryExtension.VOLUME;
import static io.snapshotoperator.evs.testing.StoryExtension.cloud;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.snapshotoperator.evs.api.v1alpha1.RequestRef;
import io.snapshotoperator.evs.api.v1alpha1.restore.ClaimTemplate;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatus;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.simulator.SimulatorSettingsBuilder;
import io.snapshotoperator.evs.snapshot.SnapshotReason;
import io.snapshotoperator.evs.testing.RestoreSteps;
import io.snapshotoperator.evs.testing.Story;
import io.snapshotoperator.evs.testing.StoryExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** PersistentVolumes and claims of restored volumes, bound by the controllers of Kubernetes. No CSI driver runs. */
class RestoreClaimIT {
    private static final String CLAIM = "data-app-0";
    private static final Map<String, String> ALLOWED = Map.of("evs.restores.create-claims", "true");

    @RegisterExtension
    static final StoryExtension stories = StoryExtension.onOwnApiServerWith(
            "persistentvolume-binder-controller",
            "persistentvolumeclaim-protection-controller",
            "statefulset-controller",
            "serviceaccount-controller");

    @TempDir
    Path directory;

    private Story story;
    private RestoreSteps restores;

    /** PersistentVolumes are in no namespace, so nothing else removes them. */
    @AfterEach
    void removePersistentVolumes() {
        if (story != null) {
            story.kubernetes()
                    .persistentVolumes()
                    .withLabel(ClaimManifests.RESTORE_UID)
                    .delete();
        }
    }

    private void begin(Map<String, String> settings) {
        story = stories.begin(fastCloud(), settings);
        restores = new RestoreSteps(story);
    }

    private static SimulatorSettingsBuilder fastCloud() {
        return cloud().volumeTakes(Duration.ofMillis(600)).volumeAppearsAfter(Duration.ofMillis(200));
    }

    private void takeSnapshot() {
        story.apply("nightly", ofVolume(VOLUME).build());
        story.awaitReady("nightly");
    }

    private VolumeSnapshotRestore restoreWithClaim(String driver) {
        return restores.apply(
                "back",
                ofRequest("nightly")
                        .persistentVolumeClaim(new ClaimTemplate(CLAIM, driver, "csi-disk", null, null))
                        .build());
    }

    private VolumeSnapshotRestoreStatus awaitClaim() {
        Story.eventually()
                .untilAsserted(() -> assertThat(restores.status("back").persistentVolumeClaimName())
                        .isEqualTo(CLAIM));
        return restores.status("back");
    }

    private String awaitMessage() {
        Story.eventually()
                .untilAsserted(
                        () -> assertThat(restores.status("back").claimMessage()).isNotNull());
        return restores.status("back").claimMessage();
    }

    private Optional<PersistentVolumeClaim> claim() {
        return Optional.ofNullable(story.kubernetes()
                .persistentVolumeClaims()
                .inNamespace(story.namespace())
                .withName(CLAIM)
                .get());
    }

    private Optional<PersistentVolume> persistentVolume() {
        return Optional.ofNullable(story.kubernetes()
                .persistentVolumes()
                .withName("evs-restore-" + restores.get("back").getMetadata().getUid())
                .get());
    }

    @Test
    void bindsClaimToRestoredVolume() {
        begin(ALLOWED);
        takeSnapshot();
        restoreWithClaim("disk.csi.everest.io");

        var status = awaitClaim();

        Story.eventually().untilAsserted(() -> {
            assertThat(claim().orElseThrow().getStatus().getPhase()).isEqualTo("Bound");
            assertThat(persistentVolume().orElseThrow().getStatus().getPhase()).isEqualTo("Bound");
        });
        var spec = persistentVolume().orElseThrow().getSpec();
        assertThat(spec.getCsi().getVolumeHandle()).isEqualTo(status.volumeId());
        assertThat(spec.getPersistentVolumeReclaimPolicy()).isEqualTo("Retain");
        assertThat(claim().orElseThrow().getSpec().getVolumeName()).isEqualTo(status.persistentVolumeName());
        assertThat(status.claimMessage()).isNull();
        story.awaitEventMessage("back", RestoreReason.ClaimCreated);
    }

    @Test
    void createsEachOfThemOnceAlsoAfterStatusWasLost() {
        begin(ALLOWED);
        takeSnapshot();
        restoreWithClaim("disk.csi.everest.io");
        awaitClaim();
        var uid = claim().orElseThrow().getMetadata().getUid();

        restores.wipeStatus("back");

        awaitClaim();
        assertThat(claim().orElseThrow().getMetadata().getUid()).isEqualTo(uid);
        story.kubernetes().resource(claim().orElseThrow()).delete();
        Story.eventually().untilAsserted(() -> assertThat(claim()).isEmpty());
        story.stopOperator();
        story.startOperator();
        story.annotate("nightly", "example.com/changed", "true");
        story.awaitReady("nightly");
        assertThat(restores.status("back").persistentVolumeClaimName()).isEqualTo(CLAIM);
        assertThat(claim()).isEmpty();
    }

    @Test
    void keepsEverythingWhenRestoreIsDeleted() {
        begin(ALLOWED);
        takeSnapshot();
        restoreWithClaim("cinder.csi.openstack.org");
        var status = awaitClaim();

        restores.delete("back");
        restores.awaitGone("back");

        assertThat(claim()).isPresent();
        assertThat(story.kubernetes()
                        .persistentVolumes()
                        .withName(status.persistentVolumeName())
                        .get())
                .isNotNull();
        assertThat(story.cloud().volumes().find(status.volumeId())).isPresent();
    }

    @Test
    void waitsUntilOtherClaimOfThisNameIsGone() {
        begin(ALLOWED);
        takeSnapshot();
        var other = story.kubernetes()
                .resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withNamespace(story.namespace())
                        .withName(CLAIM)
                        .endMetadata()
                        .withNewSpec()
                        .withAccessModes("ReadWriteOnce")
                        .withStorageClassName("csi-disk")
                        .withNewResources()
                        .addToRequests("storage", new Quantity("1Gi"))
                        .endResources()
                        .endSpec()
                        .build())
                .create();
        restoreWithClaim("evs.csi.huaweicloud.com");

        assertThat(awaitMessage()).contains("There is another claim data-app-0");
        assertThat(persistentVolume()).isEmpty();
        assertThat(claim().orElseThrow().getSpec()).isEqualTo(other.getSpec());
        assertThat(Conditions.isReady(restores.status("back").conditions())).isTrue();
        story.kubernetes().resource(other).delete();

        assertThat(awaitClaim().claimMessage()).isNull();
        Story.eventually()
                .untilAsserted(() ->
                        assertThat(claim().orElseThrow().getStatus().getPhase()).isEqualTo("Bound"));
        story.awaitEventMessage("back", RestoreReason.ClaimNotCreated);
        story.awaitEventMessage("back", RestoreReason.ClaimCreated);
    }

    @Test
    void leavesOtherPersistentVolumeOfThisNameAlone() {
        begin(ALLOWED);
        var restore = restoreWithClaim("disk.csi.everest.io");
        restores.awaitReason("back", RestoreReason.WaitingForRequest);
        var other = story.kubernetes()
                .resource(new PersistentVolumeBuilder()
                        .withMetadata(new ObjectMetaBuilder()
                                .withName(ClaimManifests.volumeName(restore))
                                .addToLabels(
                                        ClaimManifests.RESTORE_UID,
                                        restore.getMetadata().getUid())
                                .build())
                        .withNewSpec()
                        .withAccessModes("ReadWriteOnce")
                        .addToCapacity("storage", new Quantity("40Gi"))
                        .withNewCsi()
                        .withDriver("disk.csi.everest.io")
                        .withVolumeHandle(StoryExtension.volumeId("of another team"))
                        .endCsi()
                        .endSpec()
                        .build())
                .create();

        takeSnapshot();

        assertThat(awaitMessage()).contains("There is another PersistentVolume");
        assertThat(persistentVolume().orElseThrow().getSpec()).isEqualTo(other.getSpec());
        assertThat(claim()).isEmpty();
    }

    /** Runs the manifest and the commands of the guide. No pod runs: its claim is what counts. */
    @Test
    void givesStatefulSetItsDataBackAsInGuide() throws Exception {
        begin(ALLOWED);
        var old = startApplication();
        story.apply("before-18-1", ofClaim(CLAIM).build());
        story.awaitReady("before-18-1");
        var guide = Files.readString(Path.of("docs", "guide", "restore.md"))
                .split("## The whole way for a StatefulSet")[1]
                .split("\n## ")[0]
                .replace("namespace: shop", "namespace: " + story.namespace())
                .replace("-n shop", "-n " + story.namespace());
        Files.writeString(
                directory.resolve("restore.yaml"), blocks(guide, "yaml").get(0));

        for (var commands : blocks(guide, "sh")) {
            run(commands);
        }

        var claim = claim().orElseThrow();
        assertThat(claim.getSpec().getVolumeName()).startsWith("evs-restore-");
        assertThat(claim.getMetadata().getUid()).isNotEqualTo(old.getMetadata().getUid());
        Story.eventually().untilAsserted(() -> assertThat(story.kubernetes()
                        .pods()
                        .inNamespace(story.namespace())
                        .withName("app-0")
                        .require()
                        .getSpec()
                        .getVolumes())
                .anyMatch(volume -> volume.getPersistentVolumeClaim() != null
                        && volume.getPersistentVolumeClaim().getClaimName().equals(CLAIM)));
        assertThat(story.kubernetes()
                        .persistentVolumes()
                        .withName(old.getSpec().getVolumeName())
                        .require()
                        .getStatus()
                        .getPhase())
                .isEqualTo("Released");
        assertThat(story.cloud().volumes().find(VOLUME)).isPresent();
        story.kubernetes()
                .persistentVolumes()
                .withName(old.getSpec().getVolumeName())
                .delete();
    }

    /** A StatefulSet whose claim is bound to the volume of the cloud. */
    private PersistentVolumeClaim startApplication() throws Exception {
        Files.writeString(directory.resolve("app.yaml"), """
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: NAMESPACE-data}
                spec:
                  accessModes: [ReadWriteOnce]
                  capacity: {storage: 40Gi}
                  persistentVolumeReclaimPolicy: Delete
                  storageClassName: csi-disk
                  claimRef: {namespace: NAMESPACE, name: data-app-0}
                  csi: {driver: disk.csi.everest.io, volumeHandle: VOLUME}
                ---
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: app, namespace: NAMESPACE}
                spec:
                  replicas: 1
                  serviceName: app
                  selector: {matchLabels: {app: app}}
                  template:
                    metadata: {labels: {app: app}}
                    spec:
                      containers:
                        - {name: app, image: example.com/app, volumeMounts: [{name: data, mountPath: /data}]}
                  volumeClaimTemplates:
                    - metadata: {name: data}
                      spec:
                        accessModes: [ReadWriteOnce]
                        storageClassName: csi-disk
                        resources: {requests: {storage: 40Gi}}
                """.replace("NAMESPACE", story.namespace())
                .replace("VOLUME", VOLUME));
        run("kubectl apply -f app.yaml");
        Story.eventually().untilAsserted(() -> assertThat(
                        claim().map(claim -> claim.getStatus().getPhase()))
                .contains("Bound"));
        return claim().orElseThrow();
    }

    private static List<String> blocks(String text, String language) {
        return Pattern.compile("(?s) *```" + language + "\n(.*?) *```")
                .matcher(text)
                .results()
                .map(block -> block.group(1).stripIndent())
                .toList();
    }

    /** Runs the commands of a shell with kubectl for the API server of this class. */
    private void run(String commands) throws IOException, InterruptedException {
        var kubectl = Files.writeString(directory.resolve("kubectl"), """
                #!/bin/sh
                exec %s --kubeconfig=%s --cache-dir=%s "$@"
                """.formatted(
                        stories.server().binaries().kubectl(),
                        stories.server().kubeconfig(),
                        directory.resolve("kubectl-cache")));
        assertThat(kubectl.toFile().setExecutable(true)).isTrue();
        var output = directory.resolve("output").toFile();
        var builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", commands)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output);
        builder.environment().merge("PATH", directory.toString(), (path, first) -> first + ":" + path);
        var shell = builder.start();
        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).as(commands).isTrue();
        assertThat(shell.exitValue())
                .as(commands + Files.readString(output.toPath()))
                .isZero();
    }

    @Test
    void bindsClaimOfPrintedManifests() throws Exception {
        begin(Map.of());
        takeSnapshot();
        restoreWithClaim("disk.csi.everest.io");
        restores.awaitRestored("back");
        var manifests = new ClaimManifests(
                restores.get("back"), restores.get("back").getSpec().persistentVolumeClaim());
        Files.writeString(
                directory.resolve("restored.yaml"),
                Serialization.asYaml(manifests.persistentVolume()) + Serialization.asYaml(manifests.claim()));

        run("kubectl apply -f restored.yaml");

        Story.eventually()
                .untilAsserted(() ->
                        assertThat(claim().orElseThrow().getStatus().getPhase()).isEqualTo("Bound"));
    }

    @Test
    void createsNothingUnlessAdministratorAllowsIt() {
        begin(Map.of());
        takeSnapshot();
        restoreWithClaim("disk.csi.everest.io");

        assertThat(awaitMessage()).contains("evs.restores.create-claims", "restore-manifest");
        assertThat(persistentVolume()).isEmpty();
        assertThat(claim()).isEmpty();
        assertThat(Conditions.isReady(restores.status("back").conditions())).isTrue();
    }

    @Test
    void createsNothingForUnknownDriver() {
        begin(ALLOWED);
        takeSnapshot();
        restoreWithClaim("hostpath.csi.k8s.io");

        assertThat(awaitMessage()).contains("The CSI driver hostpath.csi.k8s.io is unknown");
        assertThat(persistentVolume()).isEmpty();
    }

    /** A user can point an EvsConnection at a server that reports the id of any volume. */
    @Test
    void createsNothingOverConnectionOfUser() {
        var team = stories.team(fastCloud(), directory);
        team.writePassword();
        team.connect("default");
        begin(Map.of(
                "evs.namespaces",
                team.namespace(),
                "evs.connections.hosts",
                "127.0.0.1",
                "evs.connections.private-addresses",
                "true",
                "evs.restores.create-claims",
                "true"));
        team.request("nightly", ofVolume(VOLUME).build());
        team.awaitRequest("nightly", SnapshotReason.SnapshotAvailable);
        var restore = new VolumeSnapshotRestore();
        restore.setMetadata(new ObjectMetaBuilder()
                .withNamespace(team.namespace())
                .withName("back")
                .build());
        restore.setSpec(VolumeSnapshotRestoreSpecBuilder.builder()
                .requestRef(new RequestRef("nightly"))
                .persistentVolumeClaim(new ClaimTemplate(CLAIM, "disk.csi.everest.io", null, null, null))
                .build());
        var created = story.kubernetes().resource(restore).create();

        Story.eventually().untilAsserted(() -> assertThat(
                        story.kubernetes().resource(created).get().getStatus().claimMessage())
                .contains("only over its own connection"));

        assertThat(story.kubernetes()
                        .persistentVolumes()
                        .withName(ClaimManifests.volumeName(created))
                        .get())
                .isNull();
    }
}
