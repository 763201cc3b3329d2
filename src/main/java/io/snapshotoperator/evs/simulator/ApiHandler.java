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

/** Reads requests off the wire and puts answers on it: whole, cut or not at all. A delayed answer holds no thread. */
final class ApiHandler implements HttpHandler {

    private static final System.Logger LOG = System.getLogger(ApiHandler.class.getName());

    private final Function<Request, ResponsePlan> reception;
    private final Executor workers;

    ApiHandler(Function<Request, ResponsePlan> reception, Executor workers) {
        this.reception = reception;
        this.workers = workers;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        var delivery = delivery(Request.from(exchange));
        if (delivery.delay().isZero()) {
            deliver(exchange, delivery);
        } else {
            CompletableFuture.delayedExecutor(delivery.delay().toNanos(), TimeUnit.NANOSECONDS, workers)
                    .execute(() -> deliver(exchange, delivery));
        }
    }

    /** A fault of the simulator's own must not look like one of the cloud's: it is logged and marked. */
    private ResponsePlan delivery(Request request) {
        try {
            return reception.apply(request);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "The simulator could not answer " + request.method() + " " + request.path(), e);
            return ResponsePlan.whole(
                    SimulatedResponse.text(500, "text/plain", "The simulator is broken: " + e), Duration.ZERO);
        }
    }

    private static void deliver(HttpExchange exchange, ResponsePlan delivery) {
        try (exchange) {
            if (delivery.reachesTheCaller()) {
                write(exchange, delivery);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "The caller did not wait for its answer", e);
        }
    }

    private static void write(HttpExchange exchange, ResponsePlan delivery) throws IOException {
        var response = delivery.response();
        var body = response.bytes();
        var cut = delivery.manner() == ResponsePlan.Manner.CUT;
        var headers = exchange.getResponseHeaders();
        response.headers().forEach(headers::set);
        if (body.length == 0 && !cut) {
            exchange.sendResponseHeaders(response.status(), -1);
            return;
        }
        headers.set("Content-Type", response.contentType());
        // An answer without a body is cut by announcing a byte that never comes.
        exchange.sendResponseHeaders(response.status(), Math.max(1, body.length));
        exchange.getResponseBody().write(body, 0, cut ? body.length / 2 : body.length);
        exchange.getResponseBody().flush();
    }
}
