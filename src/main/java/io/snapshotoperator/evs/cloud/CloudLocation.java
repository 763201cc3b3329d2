/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Objects;

/**
 * The location of snapshots. A snapshot that is absent in one location can exist in another.
 *
 * @param endpoint the base URL of the EVS API, without a trailing slash and without the project
 * @param projectId the project, which is part of every path
 */
public record CloudLocation(String endpoint, String projectId) {
    public CloudLocation {
        Objects.requireNonNull(endpoint);
        Objects.requireNonNull(projectId);
    }
}
