/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudLocation;

/** Whether the connection can be used now, and where it leads to. */
public sealed interface CloudAccess {
    /** Calls can be sent to this location. */
    record Available(CloudLocation here) implements CloudAccess {}

    /** No call can be sent; {@code failure} says what helps. */
    record Unavailable(CloudException.Details failure) implements CloudAccess {}
}
