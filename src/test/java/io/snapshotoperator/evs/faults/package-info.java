/**
 * The fault laboratory: the packaged operator as real processes, a proxy of our own on each of its two roads, and faults at
 * named points of the protocol, planned by a printed seed. Start reading at {@link
 * io.snapshotoperator.evs.faults.Laboratory}; {@code docs/design/fault-campaign.md} tells how to read what it prints.
 */
package io.snapshotoperator.evs.faults;
