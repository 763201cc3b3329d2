/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Checked settings of one connection: endpoints, project, TLS and proxy. Reports all invalid settings at once, by key.
 * Start reading at {@link io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings}.
 */
package io.snapshotoperator.evs.cloud.http.settings;
