/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Sends one HTTP request and returns the response, with time-outs and a size limit. Knows nothing of the EVS API.
 * Start reading at {@link io.snapshotoperator.evs.cloud.http.transport.Transport}.
 */
package io.snapshotoperator.evs.cloud.http.transport;
