/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One class per endpoint of the EVS API, with method, path, body and response reader, and the executor that sends them.
 * Records of the wire format stay here.
 * Start reading at {@link io.snapshotoperator.evs.cloud.http.call.EvsCall}.
 */
package io.snapshotoperator.evs.cloud.http.call;
