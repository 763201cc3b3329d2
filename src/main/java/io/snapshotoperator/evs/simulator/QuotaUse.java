/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

/** The quota use of a project. Gigabytes count volumes and snapshots together (EVS API reference: querying_quotas). */
record QuotaUse(int volumes, int snapshots, long gigabytes) {}
