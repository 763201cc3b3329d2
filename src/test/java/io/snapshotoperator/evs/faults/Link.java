/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

/** The two systems with which the operator communicates. */
enum Link {
    KUBERNETES,
    CLOUD
}
