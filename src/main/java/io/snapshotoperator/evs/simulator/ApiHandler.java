/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Reads HTTP requests and writes responses: complete, truncated or not at all. A delayed response blocks no thread. */
final class ApiHandler implements HttpHandler {

    private static final System.Logger LOG = System.getLogger(ApiHandler.class.getName());

    private final Function<Request, ResponsePlan> pipeline;
    private final Executor workers;

    ApiHandler(Function<Request, ResponsePlan> pipeline, Executor workers) {
        this.pipeline = pipeline;
        this.workers = workers;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        var plan = plan(Request.from(exchange));
        if (plan.delay().isZero()) {
            send(exchange, plan);
        } else {
            CompletableFuture.delayedExecutor(plan.delay().toNanos(), TimeUnit.NANOSECONDS, workers)
                    .execute(() -> send(exchange, plan));
        }
    }

    /**
     * A defect of the simulator must not resemble an error of the cloud. The handler logs it, and the body names it.
     */
    private ResponsePlan plan(Request request) {
        try {
            return pipeline.apply(request);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "The simulator failed to handle " + request.method() + " " + request.path(), e);
            return ResponsePlan.whole(
                    SimulatedResponse.text(500, "text/plain", "The simulator failed: " + e), Duration.ZERO);
        }
    }

    private static void send(HttpExchange exchange, ResponsePlan plan) {
        try (exchange) {
            if (plan.isSent()) {
                write(exchange, plan);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "The caller closed the connection before the response", e);
        }
    }

    private static void write(HttpExchange exchange, ResponsePlan plan) throws IOException {
        var response = plan.response();
        var body = response.bytes();
        var truncated = plan.delivery() == ResponsePlan.Delivery.TRUNCATED;
        var headers = exchange.getResponseHeaders();
        response.headers().forEach(headers::set);
        if (body.length == 0 && !truncated) {
            exchange.sendResponseHeaders(response.status(), -1);
            return;
        }
        headers.set("Content-Type", response.contentType());
        // To truncate a response without a body, announce one byte and do not send it.
        exchange.sendResponseHeaders(response.status(), Math.max(1, body.length));
        exchange.getResponseBody().write(body, 0, truncated ? body.length / 2 : body.length);
        exchange.getResponseBody().flush();
    }
}
