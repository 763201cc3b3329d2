/**
 * Typed settings, and the only place that wires the rooms together. May use every room but the simulator. Start reading at
 * {@link io.snapshotoperator.evs.config.Settings}.
 */
package io.snapshotoperator.evs.config;
