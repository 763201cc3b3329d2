/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Classifies every response that is not a success: HTTP status, vendor code and message become a kind of failure. No other
 * package compares them. Cleans the text of error responses.
 * Start reading at {@link io.snapshotoperator.evs.cloud.http.error.ErrorCatalog}.
 */
package io.snapshotoperator.evs.cloud.http.error;
