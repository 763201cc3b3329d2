/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

/** Where the operator's requests go. */
enum Link {
    KUBERNETES,
    CLOUD
}
