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
 * A relay on one road of one process: plain HTTP on the operator's side, whatever the other side speaks on the other. It
 * knows the boundaries of the protocol, asks the conductor at each, and does to requests and answers what it is told.
 * One connection of the operator is one connection to the other side, and one thread; watches are passed on as they come.
 */
final class FaultInjectingProxy implements AutoCloseable {
    /** The other side closes what is idle; a request on such a connection would fail by no fault of ours. */
    private static final Duration IDLE = Duration.ofSeconds(10);

    /** How the other side is reached. */
    interface Upstream {
        Socket connect() throws IOException;
    }

    private final Link link;
    private final Upstream upstream;
    private final FaultInjector conductor;
    private final FaultActions effects;
    private final ServerSocket server;
    private final ExecutorService threads;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile long cutUntil = System.nanoTime();
    private volatile boolean closed;

    private FaultInjectingProxy(
            Link link, Upstream upstream, FaultInjector conductor, FaultActions effects, ServerSocket server) {
        this.link = link;
        this.upstream = upstream;
        this.conductor = conductor;
        this.effects = effects;
        this.server = server;
        this.threads = Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "road-" + link);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** @param port 0 for any free one */
    static FaultInjectingProxy open(
            Link link,
            InetAddress address,
            int port,
            Upstream upstream,
            FaultInjector conductor,
            FaultActions effects) {
        try {
            var server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(address, port), 200);
            var proxy = new FaultInjectingProxy(link, upstream, conductor, effects, server);
            proxy.threads.execute(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    /** Nothing passes for a while; what is open breaks. */
    void cut(Duration time) {
        cutUntil = System.nanoTime() + time.toNanos();
        open.forEach(FaultInjectingProxy::closeQuietly);
    }

    void heal() {
        cutUntil = System.nanoTime();
    }

    /** Whether a request that the operator sent long ago may still arrive. */
    boolean hasOrdersUnderWay() {
        return underWay.get() > 0;
    }

    @Override
    public void close() {
        closed = true;
        closeQuietly(server);
        open.forEach(FaultInjectingProxy::closeQuietly);
        threads.shutdownNow();
    }

    private boolean isCut() {
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
                var line = new Line()) {
            var in = new BufferedInputStream(client.getInputStream());
            var head = HttpWire.head(in);
            while (head != null && !isCut() && relay(client, in, head, line)) {
                head = HttpWire.head(in);
            }
        } catch (IOException broken) {
            // One of the two sides went away; the other one learns it by the close.
        } finally {
            open.remove(client);
        }
    }

    /** The connection to the other side; made when it is needed. */
    private final class Line implements AutoCloseable {
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

    /** One request and its answer. False: the connection ends here. */
    private boolean relay(Socket client, BufferedInputStream in, HttpWire.Head head, Line line) throws IOException {
        var body = HttpWire.requestBody(in, head);
        var words = head.firstLine().split(" ");
        var exchange = new Exchange(link, words[0], words[1], body.decoded());
        var boundary = Boundary.of(exchange);
        boundary.ifPresent(where -> exchange.objectName()
                .ifPresent(object -> effects.speaks(where, object, exchange.tellsOfAFailedOrder())));
        var arrived = System.nanoTime();
        var asker = effects.asker();
        var cue = boundary.flatMap(
                where -> conductor.cue(where, exchange.objectName().orElse("")));
        if (cue.isPresent() && cue.get().what() == FaultType.REJECT) {
            client.getOutputStream().write(REJECTION);
            client.getOutputStream().flush();
            return true;
        }
        if (cue.isPresent() && !before(cue.get(), exchange)) {
            return false;
        }
        HttpWire.Head responseHead;
        HttpWire.Body responseBody;
        try {
            line.send(head.raw(), body.raw());
            responseHead = HttpWire.head(line.in);
            if (responseHead == null) {
                return false;
            }
            if (exchange.isWatch() || responseHead.status() == 101) {
                stream(client, in, responseHead, line);
                return false;
            }
            responseBody = HttpWire.answerBody(line.in, responseHead);
        } finally {
            if (cue.isPresent() && outlivesTheCaller(cue.get())) {
                underWay.decrementAndGet();
            }
        }
        if (cue.isPresent() && !after(cue.get(), exchange)) {
            return false;
        }
        if (boundary.filter(Boundary.INTENT::equals).isPresent() && responseHead.status() < 300) {
            exchange.intendedOrder().ifPresent(effects::intentIsKnown);
        }
        if (boundary.filter(Boundary.CREATE::equals).isPresent()
                && cue.isEmpty()
                && responseHead.status() < 300
                && new String(responseBody.decoded(), StandardCharsets.UTF_8).contains("\"id\"")
                && System.nanoTime() - arrived < ScaledTimings.TIMEOUT.toNanos() / 2) {
            exchange.objectName().ifPresent(object -> effects.idIsKnown(object, asker));
        }
        client.getOutputStream().write(responseHead.raw());
        client.getOutputStream().write(responseBody.raw());
        client.getOutputStream().flush();
        return !responseHead.closes();
    }

    private static boolean outlivesTheCaller(PlannedFault fault) {
        return switch (fault.what()) {
            case DELAY_REQUEST, DELIVER_LATE, KILL_IN_FLIGHT -> true;
            default -> false;
        };
    }

    /** What happens before the request is forwarded. False: it never is. */
    private boolean before(PlannedFault fault, Exchange exchange) {
        if (outlivesTheCaller(fault)) {
            underWay.incrementAndGet();
        }
        switch (fault.what()) {
            case KILL_BEFORE -> {
                effects.kill();
                return false;
            }
            case KILL_IN_FLIGHT -> effects.kill();
            case DROP_REQUEST -> {
                return false;
            }
            case DELAY_REQUEST, DELIVER_LATE -> sleep(fault.lasting());
            case PAUSE -> effects.pause(fault.lasting());
            case CUT_KUBERNETES -> {
                effects.cut(Link.KUBERNETES, fault.lasting());
                return link != Link.KUBERNETES;
            }
            case CUT_CLOUD -> {
                effects.cut(Link.CLOUD, fault.lasting());
                return link != Link.CLOUD;
            }
            case TOUCH, DELETE_OBJECT, WIPE_STATUS, STRIP_FINALIZER, DELETE_LEASE ->
                effects.byHand(fault.what(), exchange.objectName());
            case KILL_AFTER, TERMINATE, DROP_ANSWER, DELAY_ANSWER, PAUSE_AFTER, REJECT -> {
                // Later.
            }
        }
        return true;
    }

    /** What happens before the answer is delivered. False: it never is. */
    private boolean after(PlannedFault fault, Exchange exchange) {
        switch (fault.what()) {
            case KILL_AFTER -> {
                effects.kill();
                return false;
            }
            case DROP_ANSWER -> {
                return false;
            }
            case TERMINATE -> effects.terminate();
            case DELAY_ANSWER -> sleep(fault.lasting());
            case PAUSE_AFTER -> effects.pause(fault.lasting());
            default -> {
                // It has happened.
            }
        }
        return true;
    }

    /** A watch: both directions are passed on as they come, until one side ends. */
    private void stream(Socket client, InputStream in, HttpWire.Head responseHead, Line line) throws IOException {
        var other = line.socket.orElseThrow();
        client.getOutputStream().write(responseHead.raw());
        client.getOutputStream().flush();
        threads.execute(() -> {
            try {
                in.transferTo(other.getOutputStream());
            } catch (IOException broken) {
                // The direction below ends too.
            } finally {
                closeQuietly(other);
            }
        });
        var buffer = new byte[64 * 1024];
        for (var read = line.in.read(buffer); read >= 0; read = line.in.read(buffer)) {
            var cue = conductor.cue(Boundary.WATCH_EVENT, "");
            if (cue.isPresent() && (!before(cue.get(), WATCHED) || !after(cue.get(), WATCHED))) {
                return;
            }
            client.getOutputStream().write(buffer, 0, read);
            client.getOutputStream().flush();
        }
    }

    private static final byte[] REJECTION = refusal();

    private static byte[] refusal() {
        var body = """
                {"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,\
                "message":"the fault laboratory does not allow this"}""";
        return ("HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static final Exchange WATCHED = new Exchange(Link.KUBERNETES, "GET", "?watch=true", new byte[0]);

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
            // It is as good as closed.
        }
    }
}
