/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import io.snapshotoperator.evs.cloud.CloudException;
import io.snapshotoperator.evs.cloud.http.error.ErrorRule;
import io.snapshotoperator.evs.cloud.http.transport.RequestTarget;
import java.util.List;
import java.util.Map;

/** Leave to send one request for one project. Tell it how that went, and close it. */
public interface RequestAuthentication extends AutoCloseable {

    String projectId();

    /** The headers that prove who we are, for exactly this request. */
    Map<String, String> headers(String method, RequestTarget target, byte[] body);

    /** What must never appear in a message. */
    List<String> secrets();

    /** The cloud let us in. */
    void onAccepted();

    /**
     * The cloud did not let us in.
     *
     * @return whether a new session differs from this one, so that the request may be sent once more
     */
    boolean onRejected(CloudException failure, ErrorRule.AuthEffect verdict);

    @Override
    void close();
}
