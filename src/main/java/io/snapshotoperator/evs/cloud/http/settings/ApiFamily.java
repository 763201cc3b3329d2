/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

/**
 * The two families of calls. Both access the same snapshots and volumes. They differ in path, paging, required
 * permissions (EVS API reference, "Permissions Policies and Supported Actions") and the response to the creation
 * of a volume.
 */
public enum ApiFamily {
    /** {@code cloudsnapshots} and {@code cloudvolumes}: need fewer permissions, list snapshots by offset only. */
    NATIVE("cloudsnapshots", "cloudvolumes", false),
    /** {@code snapshots} and {@code volumes}: the OpenStack API, which lists snapshots by offset and by marker. */
    CINDER("snapshots", "volumes", true);

    private final String snapshots;
    private final String volumes;
    private final boolean pagesByMarker;

    ApiFamily(String snapshots, String volumes, boolean pagesByMarker) {
        this.snapshots = snapshots;
        this.volumes = volumes;
        this.pagesByMarker = pagesByMarker;
    }

    /** Returns the path segment of the snapshots, in {@code /v2/{project_id}/…}. */
    public String snapshots() {
        return snapshots;
    }

    /** Returns the path segment of the volumes, in {@code /v2/{project_id}/…}. */
    public String volumes() {
        return volumes;
    }

    /** Returns whether lists of snapshots support paging by marker. Lists of volumes do in both families. */
    public boolean pagesByMarker() {
        return pagesByMarker;
    }
}
