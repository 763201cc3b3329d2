/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.operator;

import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.snapshotoperator.evs.api.v1alpha1.VolumeSnapshotRequest;

/** By which the shared looks wake the objects that their news concerns. */
final class Wakeups extends SimpleInboundEventSource<VolumeSnapshotRequest> {
    Wakeups() {
        super("shared-looks");
    }
}
