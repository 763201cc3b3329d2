/**
 * The cloud as we wish it spoke: one port, the records that pass through it, and the ways in which it can fail.
 * Pure: nothing here opens a socket, reads a clock or knows Kubernetes. Start reading at {@link
 * io.snapshotoperator.evs.cloud.SnapshotClient}.
 */
package io.snapshotoperator.evs.cloud;
