/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Sends one HTTP request and returns the response, with timeouts and a size limit. Independent of the EVS API.
 * Start reading at {@link io.snapshotoperator.evs.cloud.http.transport.Transport}.
 */
package io.snapshotoperator.evs.cloud.http.transport;
