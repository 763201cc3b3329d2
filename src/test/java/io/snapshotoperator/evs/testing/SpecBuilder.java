/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import io.snapshotoperator.evs.api.v1alpha1.ConnectionRef;
import io.snapshotoperator.evs.api.v1alpha1.request.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.FailurePolicy;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import java.util.Map;

/** Builds a valid spec. A test changes only what matters. */
public final class SpecBuilder {
    private final SnapshotSource source;
    private String name;
    private String description;
    private Boolean force;
    private Map<String, String> metadata;
    private DeletionPolicy deletionPolicy;
    private String readyWithin;
    private String ttl;
    private FailurePolicy failurePolicy;
    private Integer maxAttempts;
    private ConnectionRef connectionRef;
    private SnapshotContentSpec volumeSnapshotContent;

    private SpecBuilder(SnapshotSource source) {
        this.source = source;
    }

    public static SpecBuilder ofVolume(String id) {
        return new SpecBuilder(SnapshotSource.ofVolume(id));
    }

    public static SpecBuilder ofClaim(String name) {
        return new SpecBuilder(SnapshotSource.ofClaim(name));
    }

    public static SpecBuilder ofSnapshot(String id) {
        return new SpecBuilder(SnapshotSource.ofSnapshot(id));
    }

    public SpecBuilder named(String value) {
        name = value;
        return this;
    }

    public SpecBuilder described(String value) {
        description = value;
        return this;
    }

    public SpecBuilder force(boolean value) {
        force = value;
        return this;
    }

    public SpecBuilder metadata(Map<String, String> value) {
        metadata = value;
        return this;
    }

    public SpecBuilder onDeletion(DeletionPolicy value) {
        deletionPolicy = value;
        return this;
    }

    public SpecBuilder readyWithin(String value) {
        readyWithin = value;
        return this;
    }

    public SpecBuilder ttl(String value) {
        ttl = value;
        return this;
    }

    public SpecBuilder withMaxAttempts(int attempts) {
        failurePolicy = FailurePolicy.Replace;
        maxAttempts = attempts;
        return this;
    }

    public SpecBuilder connection(String value) {
        connectionRef = new ConnectionRef(value);
        return this;
    }

    public SpecBuilder withContent(SnapshotContentSpec value) {
        volumeSnapshotContent = value;
        return this;
    }

    public VolumeSnapshotRequestSpec build() {
        return new VolumeSnapshotRequestSpec(
                source,
                name,
                description,
                force,
                metadata,
                deletionPolicy,
                readyWithin,
                ttl,
                failurePolicy,
                maxAttempts,
                connectionRef,
                volumeSnapshotContent);
    }
}
