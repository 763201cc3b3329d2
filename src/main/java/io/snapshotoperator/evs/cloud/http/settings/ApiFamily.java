/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

/**
 * The two families of snapshot calls. Both access the same snapshots. They differ in path, paging and required permissions (EVS
 * API reference, "Permissions Policies and Supported Actions", Snapshot).
 */
public enum ApiFamily {
    /** {@code /v2/{project_id}/cloudsnapshots}: needs fewer permissions, but supports paging by offset only. */
    NATIVE("cloudsnapshots", false),
    /** {@code /v2/{project_id}/snapshots}: the OpenStack API, supports paging by offset and by marker. */
    CINDER("snapshots", true);

    private final String collection;
    private final boolean pagesByMarker;

    ApiFamily(String collection, boolean pagesByMarker) {
        this.collection = collection;
        this.pagesByMarker = pagesByMarker;
    }

    public String collection() {
        return collection;
    }

    public boolean pagesByMarker() {
        return pagesByMarker;
    }
}
