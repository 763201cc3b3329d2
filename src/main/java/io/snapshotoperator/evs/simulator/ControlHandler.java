/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

final class ControlHandler {
    ControlHandler(EvsSimulator simulator) {}

    Delivery serve(Request request) {
        throw new UnsupportedOperationException();
    }
}
