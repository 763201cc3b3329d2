/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A proxy on one link of one process. It accepts plain HTTP from the operator, and uses the protocol of the other side
 * towards it. It recognizes the boundaries of the protocol, asks the injector at each of them, and applies the fault to
 * request or response. Each connection of the operator has one connection to the other side and one thread. A watch is
 * forwarded as it arrives.
 */
final class FaultInjectingProxy implements AutoCloseable {
    /** The other side closes idle connections. A request on such a connection would fail without a planned fault. */
    private static final Duration IDLE = Duration.ofSeconds(10);

    interface Upstream {
        Socket connect() throws IOException;
    }

    private final Link link;
    private final Upstream upstream;
    private final FaultInjector injector;
    private final FaultActions actions;
    private final ServerSocket server;
    private final ExecutorService threads;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Integer> startedTerms = ConcurrentHashMap.newKeySet();
    private final AtomicInteger mutatingInFlight = new AtomicInteger();
    private volatile long cutUntil = System.nanoTime();
    private volatile boolean closed;

    private FaultInjectingProxy(
            Link link, Upstream upstream, FaultInjector injector, FaultActions actions, ServerSocket server) {
        this.link = link;
        this.upstream = upstream;
        this.injector = injector;
        this.actions = actions;
        this.server = server;
        this.threads = Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "link-" + link);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** @param port 0 for any free one */
    static FaultInjectingProxy open(
            Link link, InetAddress address, int port, Upstream upstream, FaultInjector injector, FaultActions actions) {
        try {
            var server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(address, port), 200);
            var proxy = new FaultInjectingProxy(link, upstream, injector, actions, server);
            proxy.threads.execute(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    /** Closes all connections, and forwards nothing for a while. */
    void cut(Duration time) {
        cutUntil = System.nanoTime() + time.toNanos();
        open.forEach(FaultInjectingProxy::closeQuietly);
    }

    void heal() {
        cutUntil = System.nanoTime();
    }

    /** Whether a request that the operator sent earlier can still arrive. */
    boolean hasMutatingCallsInFlight() {
        return mutatingInFlight.get() > 0;
    }

    @Override
    public void close() {
        closed = true;
        closeQuietly(server);
        open.forEach(FaultInjectingProxy::closeQuietly);
        threads.shutdownNow();
    }

    /** Whether nothing is forwarded now. */
    boolean isCut() {
        return System.nanoTime() - cutUntil < 0;
    }

    private void accept() {
        while (!closed) {
            try {
                var client = server.accept();
                client.setTcpNoDelay(true);
                if (isCut()) {
                    closeQuietly(client);
                } else {
                    threads.execute(() -> serve(client));
                }
            } catch (IOException e) {
                if (!closed) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket client) {
        open.add(client);
        try (client;
                var upstreamConnection = new UpstreamConnection()) {
            var in = new BufferedInputStream(client.getInputStream());
            var head = HttpWire.head(in);
            while (head != null && !isCut() && relay(client, in, head, upstreamConnection)) {
                head = HttpWire.head(in);
            }
        } catch (IOException broken) {
            // One side closed its connection. The other connection closes too.
        } finally {
            open.remove(client);
        }
    }

    /** The connection to the other side, opened when it is needed. */
    private final class UpstreamConnection implements AutoCloseable {
        private Optional<Socket> socket = Optional.empty();
        private InputStream in = InputStream.nullInputStream();
        private long used;

        void send(byte[] head, byte[] body) throws IOException {
            if (socket.isEmpty() || System.nanoTime() - used > IDLE.toNanos()) {
                close();
                var fresh = upstream.connect();
                fresh.setTcpNoDelay(true);
                socket = Optional.of(fresh);
                in = new BufferedInputStream(fresh.getInputStream());
            }
            var all = new byte[head.length + body.length];
            System.arraycopy(head, 0, all, 0, head.length);
            System.arraycopy(body, 0, all, head.length, body.length);
            socket.get().getOutputStream().write(all);
            socket.get().getOutputStream().flush();
            used = System.nanoTime();
        }

        @Override
        public void close() {
            socket.ifPresent(FaultInjectingProxy::closeQuietly);
            socket = Optional.empty();
        }
    }

    /** Relays one request and its response. Returns false if the connection must close. */
    private boolean relay(
            Socket client, BufferedInputStream in, HttpWire.Head head, UpstreamConnection upstreamConnection)
            throws IOException {
        var body = HttpWire.requestBody(in, head);
        var requestLine = head.firstLine().split(" ");
        var exchange = new Exchange(link, requestLine[0], requestLine[1], JsonBody.ofRequest(body.decoded()));
        var processNumber = actions.processNumber();
        var boundary = isTermStart(exchange, processNumber) ? Optional.of(Boundary.TERM_START) : Boundary.of(exchange);
        boundary.ifPresent(where -> exchange.objectName()
                .ifPresent(object -> actions.requestSent(where, object, exchange.recordsFailedAttempt())));
        var arrived = System.nanoTime();
        var fault = boundary.flatMap(
                where -> injector.takeFault(where, exchange.objectName().orElse("")));
        if (fault.isPresent() && fault.get().what() == FaultType.REJECT) {
            client.getOutputStream().write(REJECTION);
            client.getOutputStream().flush();
            return true;
        }
        if (fault.isPresent() && !before(fault.get(), exchange)) {
            return false;
        }
        HttpWire.Head responseHead;
        HttpWire.Body responseBody;
        try {
            upstreamConnection.send(head.raw(), body.raw());
            responseHead = HttpWire.head(upstreamConnection.in);
            if (responseHead == null) {
                return false;
            }
            if (exchange.isWatch() || responseHead.status() == 101) {
                stream(client, in, responseHead, upstreamConnection);
                return false;
            }
            responseBody = HttpWire.responseBody(upstreamConnection.in, responseHead);
        } finally {
            if (fault.isPresent() && canArriveAfterSenderEnded(fault.get())) {
                mutatingInFlight.decrementAndGet();
            }
        }
        if (fault.isPresent() && !after(fault.get(), exchange)) {
            return false;
        }
        if (boundary.filter(Boundary::isIntent).isPresent() && responseHead.status() < 300) {
            exchange.intendedCreateId().ifPresent(actions::intentIsWritten);
        }
        if (boundary.filter(Boundary::isCreate).isPresent()
                && fault.isEmpty()
                && responseHead.status() < 300
                && namesCreated(responseBody)
                && System.nanoTime() - arrived < ScaledTimings.TIMEOUT.toNanos() / 2) {
            exchange.objectName().ifPresent(object -> actions.idIsKnown(object, processNumber));
        }
        client.getOutputStream().write(responseHead.raw());
        client.getOutputStream().write(responseBody.raw());
        client.getOutputStream().flush();
        return !responseHead.closes();
    }

    /** Whether the response to a create request contains the id of a snapshot or of a job. */
    private static boolean namesCreated(HttpWire.Body response) {
        var body = JsonBody.ofResponse(response.decoded());
        return body.at("/snapshot/id").isTextual() || body.path("job_id").isTextual();
    }

    /** Each process has at most one term, because it ends with the lease. */
    private boolean isTermStart(Exchange exchange, int processNumber) {
        return exchange.startsListOfRequests() && startedTerms.add(processNumber);
    }

    private static boolean canArriveAfterSenderEnded(PlannedFault fault) {
        return switch (fault.what()) {
            case DELAY_REQUEST, DELIVER_LATE, KILL_IN_FLIGHT, TERMINATE_IN_FLIGHT -> true;
            default -> false;
        };
    }

    /** Applies a fault before the request is forwarded. Returns false if it must not be forwarded. */
    private boolean before(PlannedFault fault, Exchange exchange) {
        if (canArriveAfterSenderEnded(fault)) {
            mutatingInFlight.incrementAndGet();
        }
        switch (fault.what()) {
            case KILL_BEFORE -> {
                actions.kill();
                return false;
            }
            case KILL_IN_FLIGHT -> actions.kill();
            case DROP_REQUEST -> {
                return false;
            }
            case DELAY_REQUEST, DELIVER_LATE -> sleep(fault.duration());
            case TERMINATE_IN_FLIGHT -> {
                actions.terminate();
                sleep(ScaledTimings.TIMEOUT.multipliedBy(2));
                actions.actAsUser(fault.what(), exchange.objectName());
                sleep(fault.duration().minus(ScaledTimings.TIMEOUT.multipliedBy(2)));
            }
            case PAUSE -> actions.pause(fault.duration());
            case CUT_KUBERNETES -> {
                actions.cut(Link.KUBERNETES, fault.duration());
                return link != Link.KUBERNETES;
            }
            case CUT_CLOUD -> {
                actions.cut(Link.CLOUD, fault.duration());
                return link != Link.CLOUD;
            }
            case TOUCH, DELETE_OBJECT, WIPE_STATUS, STRIP_FINALIZER, DELETE_LEASE ->
                actions.actAsUser(fault.what(), exchange.objectName());
            case KILL_AFTER, TERMINATE, DROP_RESPONSE, DELAY_RESPONSE, PAUSE_AFTER, REJECT -> {
                // Happens after the response.
            }
        }
        return true;
    }

    /** Applies a fault before the response is delivered. Returns false if it must not be delivered. */
    private boolean after(PlannedFault fault, Exchange exchange) {
        switch (fault.what()) {
            case KILL_AFTER -> {
                actions.kill();
                return false;
            }
            case DROP_RESPONSE -> {
                return false;
            }
            case TERMINATE -> actions.terminate();
            case DELAY_RESPONSE -> sleep(fault.duration());
            case PAUSE_AFTER -> actions.pause(fault.duration());
            default -> {
                // Happened before the request.
            }
        }
        return true;
    }

    /** Forwards both directions of a watch as they arrive, until one side ends. */
    private void stream(
            Socket client, InputStream in, HttpWire.Head responseHead, UpstreamConnection upstreamConnection)
            throws IOException {
        var other = upstreamConnection.socket.orElseThrow();
        client.getOutputStream().write(responseHead.raw());
        client.getOutputStream().flush();
        threads.execute(() -> {
            try {
                in.transferTo(other.getOutputStream());
            } catch (IOException broken) {
                // The other direction ends too.
            } finally {
                closeQuietly(other);
            }
        });
        var buffer = new byte[64 * 1024];
        for (var read = upstreamConnection.in.read(buffer); read >= 0; read = upstreamConnection.in.read(buffer)) {
            var fault = injector.takeFault(Boundary.WATCH_EVENT, "");
            if (fault.isPresent() && (!before(fault.get(), WATCHED) || !after(fault.get(), WATCHED))) {
                return;
            }
            client.getOutputStream().write(buffer, 0, read);
            client.getOutputStream().flush();
        }
    }

    private static final byte[] REJECTION = rejection();

    private static byte[] rejection() {
        var body = """
                {"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,\
                "message":"the fault campaign rejects this request"}""";
        return ("HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static final Exchange WATCHED = Exchange.withoutBody(Link.KUBERNETES, "GET", "?watch=true");

    private static void sleep(Duration time) {
        var end = System.nanoTime() + time.toNanos();
        for (var left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
        }
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // Nothing more can be done.
        }
    }
}
