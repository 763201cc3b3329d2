/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import io.snapshotoperator.evs.api.v1alpha1.ConnectionRef;
import io.snapshotoperator.evs.api.v1alpha1.DeletionPolicy;
import io.snapshotoperator.evs.api.v1alpha1.FailurePolicy;
import io.snapshotoperator.evs.api.v1alpha1.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.VolumeSnapshotRequestSpec;
import java.util.Map;

/** A valid spec from which a test changes only what matters. */
public final class Specs {
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

    private Specs(SnapshotSource source) {
        this.source = source;
    }

    public static Specs ofDisk(String id) {
        return new Specs(SnapshotSource.ofVolume(id));
    }

    public static Specs ofClaim(String name) {
        return new Specs(SnapshotSource.ofClaim(name));
    }

    public static Specs ofSnapshot(String id) {
        return new Specs(SnapshotSource.ofSnapshot(id));
    }

    public Specs named(String value) {
        name = value;
        return this;
    }

    public Specs described(String value) {
        description = value;
        return this;
    }

    public Specs force(boolean value) {
        force = value;
        return this;
    }

    public Specs metadata(Map<String, String> value) {
        metadata = value;
        return this;
    }

    public Specs onDeletion(DeletionPolicy value) {
        deletionPolicy = value;
        return this;
    }

    public Specs readyWithin(String value) {
        readyWithin = value;
        return this;
    }

    public Specs ttl(String value) {
        ttl = value;
        return this;
    }

    public Specs replacedAtMost(int attempts) {
        failurePolicy = FailurePolicy.Replace;
        maxAttempts = attempts;
        return this;
    }

    public Specs connection(String value) {
        connectionRef = new ConnectionRef(value);
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
                connectionRef);
    }
}
