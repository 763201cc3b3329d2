/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.demo;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.snapshotoperator.evs.api.v1alpha1.RequestRef;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestore;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreSpecBuilder;
import io.snapshotoperator.evs.api.v1alpha1.restore.VolumeSnapshotRestoreStatus;
import io.snapshotoperator.evs.condition.Conditions;
import io.snapshotoperator.evs.restore.RestoreReason;
import io.snapshotoperator.evs.simulator.EvsSimulator;
import io.snapshotoperator.evs.simulator.Fault;
import io.snapshotoperator.evs.simulator.FaultRule;
import io.snapshotoperator.evs.simulator.Operation;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.core.ConditionTimeoutException;

/** The restore of a snapshot to a volume. The response to the create request is lost, and still there is one volume. */
record DemoRestore(
        PrintStream out, KubernetesClient kubernetes, String namespace, EvsSimulator cloud, LiveTable table) {
    private static final String NAME = "postgres-back";
    private static final Duration MAX_WAIT = Duration.ofSeconds(40);

    /** @param request a ready request of the namespace. Returns the differences from what is expected */
    List<String> run(String request) {
        cloud.faults().add(FaultRule.once(Fault.ANSWER_LOST_AFTER_ACTING).on(Operation.DISK_CREATE));
        table.action("kubectl apply: restore " + NAME + " of request " + request);
        table.action("the cloud will create the volume, and its response will be lost");
        apply(request);
        var findings = new ArrayList<String>();
        try {
            await().pollDelay(Duration.ZERO).atMost(MAX_WAIT).until(this::isReady);
        } catch (ConditionTimeoutException timeout) {
            findings.add("timed out waiting for the restore " + NAME + ", which reports " + reason());
        }
        if (cloud.volumes().created().size() != 1) {
            findings.add("the restore made " + cloud.volumes().created().size() + " volumes instead of 1");
        }
        out.printf("%nRestore%n%n");
        status().ifPresent(status -> out.printf(
                "  %s  %s, volume %s (%s, %d GiB, %s, %s)%n    of snapshot %s%n",
                NAME,
                reason(),
                status.volumeId(),
                status.volumeStatus(),
                status.sizeGiB(),
                status.volumeType(),
                status.availabilityZone(),
                status.snapshotId()));
        out.printf(
                "  create requests for volumes: %d, volumes created: %d%n",
                cloud.callLog().count(Operation.DISK_CREATE),
                cloud.volumes().created().size());
        return findings;
    }

    private void apply(String request) {
        var restore = new VolumeSnapshotRestore();
        restore.setMetadata(
                new ObjectMetaBuilder().withName(NAME).withNamespace(namespace).build());
        restore.setSpec(VolumeSnapshotRestoreSpecBuilder.builder()
                .requestRef(new RequestRef(request))
                .build());
        kubernetes.resource(restore).create();
    }

    private boolean isReady() {
        return reason().equals(RestoreReason.VolumeRestored.name());
    }

    private String reason() {
        return status().flatMap(status -> Conditions.readyReason(status.conditions()))
                .orElse("nothing");
    }

    private Optional<VolumeSnapshotRestoreStatus> status() {
        return Optional.ofNullable(kubernetes
                        .resources(VolumeSnapshotRestore.class)
                        .inNamespace(namespace)
                        .withName(NAME)
                        .get())
                .map(VolumeSnapshotRestore::getStatus);
    }
}
