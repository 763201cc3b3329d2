/**
 * The fault campaign. The packaged operator runs as real processes. Each process has two links, and a proxy on each link
 * injects faults at named boundaries of the protocol. A printed seed determines the plan of faults. Start reading at {@link
 * io.snapshotoperator.evs.faults.FaultCampaign}. {@code docs/design/fault-campaign.md} explains the output.
 */
package io.snapshotoperator.evs.faults;
