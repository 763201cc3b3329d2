/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Checked settings of one connection: endpoints, project, TLS and proxy. Invalid settings are reported by key, all at once.
 * Start reading at {@link io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings}.
 */
package io.snapshotoperator.evs.cloud.http.settings;
