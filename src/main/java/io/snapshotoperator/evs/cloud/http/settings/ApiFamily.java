/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.settings;

/**
 * The two families of snapshot calls. They address the same snapshots; they differ in the path, in paging and in the
 * rights they need (EVS API reference, "Permissions Policies and Supported Actions", Snapshot).
 */
public enum ApiFamily {
    /** {@code /v2/{project_id}/cloudsnapshots}: fewer rights, but pages by offset only. */
    NATIVE("cloudsnapshots", false),
    /** {@code /v2/{project_id}/snapshots}: the OpenStack interface, pages by marker too. */
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
