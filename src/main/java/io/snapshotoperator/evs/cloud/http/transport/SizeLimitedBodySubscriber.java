/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * Collects a body up to a maximum size, so that no response takes more memory than allowed. Of a truncated or too large body,
 * the subscriber returns the received part and marks it as incomplete.
 */
final class SizeLimitedBodySubscriber implements HttpResponse.BodySubscriber<SizeLimitedBodySubscriber.Bytes> {

    /** @param complete false if the body is truncated or too large */
    record Bytes(byte[] bytes, boolean complete) {}

    private final int limit;
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
    private final CompletableFuture<Bytes> result = new CompletableFuture<>();
    private Flow.Subscription subscription;

    SizeLimitedBodySubscriber(int limit) {
        this.limit = limit;
    }

    @Override
    public CompletionStage<Bytes> getBody() {
        return result;
    }

    @Override
    public void onSubscribe(Flow.Subscription started) {
        subscription = started;
        started.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (var buffer : buffers) {
            var free = limit - collected.size();
            var bytes = new byte[Math.min(free, buffer.remaining())];
            var tooMany = buffer.remaining() > free;
            buffer.get(bytes);
            collected.writeBytes(bytes);
            if (tooMany) {
                subscription.cancel();
                finish(false);
                return;
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        finish(false);
    }

    @Override
    public void onComplete() {
        finish(true);
    }

    private void finish(boolean complete) {
        result.complete(new Bytes(collected.toByteArray(), complete));
    }
}
