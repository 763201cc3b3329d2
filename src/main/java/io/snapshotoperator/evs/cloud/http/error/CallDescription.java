/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

/**
 * What a call is meant to do.
 *
 * @param text for the sentence "Tried to … but …", e.g. {@code delete snapshot 2bb8…}
 */
public record CallDescription(CloudOperation operation, String text) {}
