/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules for one snapshot: what the user requests, what the status records, what the cloud shows, and what follows
 * from them. Pure: no clock, no randomness, no Kubernetes, no HTTP; the caller passes time and ids. Start reading at
 * {@link io.snapshotoperator.evs.snapshot.SnapshotRules}.
 */
package io.snapshotoperator.evs.snapshot;
