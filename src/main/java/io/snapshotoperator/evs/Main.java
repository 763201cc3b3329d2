/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs;

public final class Main {
    private Main() {}
}
