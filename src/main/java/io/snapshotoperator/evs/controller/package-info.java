/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the controllers of all kinds share: the connections to the cloud, the writes of an object, events, the stored create
 * intent and claims. Start reading at {@link io.snapshotoperator.evs.controller.CloudConnections} and {@link
 * io.snapshotoperator.evs.controller.ResourceWriter}.
 */
package io.snapshotoperator.evs.controller;
