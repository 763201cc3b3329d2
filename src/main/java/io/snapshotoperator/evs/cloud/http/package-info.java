/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The HTTP adapter of the EVS API: implements the port {@code cloud.CloudClient}. Does not use Kubernetes.
 * Start reading at {@link io.snapshotoperator.evs.cloud.http.HttpCloudClient}.
 */
package io.snapshotoperator.evs.cloud.http;
