/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Authentication of calls: IAM tokens and AK/SK signatures, and their credentials. Reads credentials again when their files
 * change. Start reading at {@link io.snapshotoperator.evs.cloud.http.auth.CloudAuthenticator}.
 */
package io.snapshotoperator.evs.cloud.http.auth;
