/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

/** The two forms of the one API (EVS API reference: snapshot_management, openstack_cinder_apis_recommended). */
enum Family {
    NATIVE,
    CINDER
}
