/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow.Subscriber;

/** The body of one request. Knows whether the HTTP client has begun to read it, which it does when it sends the request. */
final class RequestBody implements BodyPublisher {
    private final BodyPublisher content;
    private volatile boolean handedOver;

    RequestBody(BodyPublisher content) {
        this.content = content;
    }

    boolean isHandedOver() {
        return handedOver;
    }

    @Override
    public long contentLength() {
        return content.contentLength();
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        handedOver = true;
        content.subscribe(subscriber);
    }
}
