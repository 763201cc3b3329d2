/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.cloud.VolumeId;
import io.snapshotoperator.evs.createonce.CreateIntent;
import io.snapshotoperator.evs.createonce.ObjectIdentity;
import io.snapshotoperator.evs.createonce.UserRequests;
import java.time.Instant;
import java.util.Optional;

/** Requests and create intents for tests of the shell. */
public final class Requests {
    public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    public static final ObjectIdentity IDENTITY = new ObjectIdentity("uid-1", "shop", "nightly");
    public static final VolumeId VOLUME = new VolumeId("v-1");

    private Requests() {}

    /** A new request of noon for a snapshot of {@link #VOLUME}. */
    public static VolumeSnapshotRequest newRequest() {
        var request = new VolumeSnapshotRequest();
        request.setMetadata(new ObjectMetaBuilder()
                .withName(IDENTITY.name())
                .withNamespace(IDENTITY.namespace())
                .withUid(IDENTITY.uid())
                .withGeneration(1L)
                .withCreationTimestamp(NOON.toString())
                .build());
        request.setSpec(VolumeSnapshotRequestSpec.of(SnapshotSource.ofVolume(VOLUME.value())));
        return request;
    }

    public static CreateIntent firstIntent() {
        return CreateIntent.first(
                IDENTITY,
                VOLUME,
                ScriptedClient.HERE,
                "create-1",
                new UserRequests(Optional.empty(), Optional.empty()),
                NOON);
    }
}
