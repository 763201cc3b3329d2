/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud;

/** All calls of one connection. */
public interface CloudClient extends SnapshotClient, VolumeClient, JobClient {}
