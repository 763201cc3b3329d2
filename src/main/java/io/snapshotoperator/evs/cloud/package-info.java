/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The ports to the cloud, the records that it uses, and the kinds of its failures. Pure: no I/O, no clock, no
 * Kubernetes. Start reading at {@link io.snapshotoperator.evs.cloud.CloudClient}.
 */
package io.snapshotoperator.evs.cloud;
