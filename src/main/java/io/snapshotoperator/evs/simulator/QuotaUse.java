/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

/** What a project uses; gigabytes count disks and snapshots together (EVS API reference: querying_quotas). */
record QuotaUse(int volumes, int snapshots, long gigabytes) {}
