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
 * Collects a body up to a bound, so that no answer, however long, takes more memory than it may. A body that breaks off
 * or goes on too long is kept as far as it came, marked as not whole.
 */
final class SizeLimitedBodySubscriber implements HttpResponse.BodySubscriber<SizeLimitedBodySubscriber.Bytes> {

    /** @param complete false when there was, or should have been, more */
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
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (var buffer : buffers) {
            var room = limit - collected.size();
            var bytes = new byte[Math.min(room, buffer.remaining())];
            var tooMany = buffer.remaining() > room;
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
    public void onError(Throwable brokenOff) {
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
