/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.createonce;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.CloudLocation;

/** Whether the operator can send calls over a connection now, and to which location. */
public sealed interface CloudAccess {
    /** The operator can send calls to this location. */
    record Available(CloudLocation here) implements CloudAccess {}

    /** The operator can send no call; {@code failure} says what helps. */
    record Unavailable(CloudException.Details failure) implements CloudAccess {}
}
