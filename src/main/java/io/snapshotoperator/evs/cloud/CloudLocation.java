/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

import java.util.Objects;

/**
 * Where snapshots live: absence in one place proves nothing about another.
 *
 * @param endpoint base URL of the EVS API, without a trailing slash and without the project
 * @param projectId the project that every path names
 */
public record CloudLocation(String endpoint, String projectId) {
    public CloudLocation {
        Objects.requireNonNull(endpoint);
        Objects.requireNonNull(projectId);
    }
}
