/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the controllers of all kinds share: events, the stored create intent, claims and the connection to the cloud.
 * Start reading at {@link io.snapshotoperator.evs.controller.CloudConnection}.
 */
package io.snapshotoperator.evs.controller;
