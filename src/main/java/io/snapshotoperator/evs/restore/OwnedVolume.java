/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.restore;

import io.snapshotoperator.evs.cloud.VolumeId;
import java.util.Objects;
import java.util.Optional;

/**
 * A volume that the operator may delete. Every delete needs an instance, and only {@link #check} returns one, so no rule can act on
 * an id that a user or the cloud wrote somewhere.
 */
public final class OwnedVolume {
    private final VolumeId id;

    private OwnedVolume(VolumeId id) {
        this.id = id;
    }

    /**
     * Checks a volume as the cloud just described it. The operator may delete it if it carries the ownership marker of this object
     * and installation, nothing uses it, and it has no snapshots.
     *
     * @return empty if the operator must not delete it
     */
    static Optional<OwnedVolume> check(RestoreInput input, VolumeObservation.Deletable read) {
        var volume = read.volume();
        var detached =
                switch (volume.state()) {
                    case AVAILABLE, ERROR, ERROR_LATER -> !volume.attached();
                    case CREATING, IN_USE, DELETING, ERROR_DELETING, TRANSIENT, UNRECOGNIZED -> false;
                };
        return detached && !read.hasSnapshots() && input.isOwned(volume)
                ? Optional.of(new OwnedVolume(volume.id()))
                : Optional.empty();
    }

    public VolumeId id() {
        return id;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OwnedVolume volume && id.equals(volume.id);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id);
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
