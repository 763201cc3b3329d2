/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.connection;

/** The family of API calls. Spelled as users write it. */
public enum CallFamily {
    /** {@code /v2/{project_id}/cloudsnapshots}. */
    Native,
    /** {@code /v2/{project_id}/snapshots}, as OpenStack defines it. */
    Cinder
}
