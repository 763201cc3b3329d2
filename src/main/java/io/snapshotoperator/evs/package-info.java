/**
 * The front door of the artifact: which of its two programs starts. May name the wiring and the simulator, and is used by
 * no room. Start reading at {@link io.snapshotoperator.evs.Main}.
 */
package io.snapshotoperator.evs;
