/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.http.error.ErrorRule;
import io.snapshotoperator.evs.cloud.http.transport.RequestTarget;
import io.snapshotoperator.evs.cloud.http.transport.Secrets;
import java.util.Map;

/** The authentication of one request for one project. The caller reports the result and closes it. */
public interface RequestAuthentication extends AutoCloseable {

    String projectId();

    /** Returns the authentication headers for exactly this request. */
    Map<String, String> headers(String method, RequestTarget target, byte[] body);

    /** Returns the secrets that must never appear in a message, also those that this request does not contain. */
    Secrets secrets();

    /** Reports that the cloud accepted the authentication. */
    void onAccepted();

    /**
     * Reports that the cloud rejected the authentication.
     *
     * @return whether the caller may send the request again: a new authentication differs from this one, or one rejection does
     *     not prove that this one is invalid
     */
    boolean onRejected(CloudException failure, ErrorRule.AuthEffect effect);

    @Override
    void close();
}
