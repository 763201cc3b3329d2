/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules of schedules: when a slot is due, which sources get a child in it, and how the child is named. Pure. Start reading at
 * {@link io.snapshotoperator.evs.schedule.SlotRules}.
 */
package io.snapshotoperator.evs.schedule;
