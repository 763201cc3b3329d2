/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.error;

/**
 * The purpose of a call.
 *
 * @param text a part of the sentence "Tried to … but …", for example {@code delete snapshot 2bb8…}
 */
public record CallDescription(CloudOperation operation, String text) {}
