/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The benchmark: what the operator costs for each snapshot, on a real API server with an audit log, with the simulator and the
 * operator as processes of their own. Start with {@code Benchmark}; {@code docs/benchmarks/README.md} describes the figures.
 */
package io.snapshotoperator.evs.bench;
