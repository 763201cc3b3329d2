/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The HTTP adapter of the EVS API: implements the port {@code cloud.SnapshotClient}. Does not use Kubernetes.
 * Start reading at {@link io.snapshotoperator.evs.cloud.http.HttpSnapshotClient}.
 */
package io.snapshotoperator.evs.cloud.http;
