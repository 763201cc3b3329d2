/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Relays TCP connections on the loopback address. {@link #silence()} makes the open ones silent: nothing arrives any more, and
 * neither side learns of it, as when a firewall forgets a connection. Later connections work.
 */
public final class SilentProxy implements AutoCloseable {
    private final InetSocketAddress upstream;
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<AtomicBoolean> relaying = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task, "silent-proxy");
        thread.setDaemon(true);
        return thread;
    });

    private SilentProxy(InetSocketAddress upstream, ServerSocket server) {
        this.upstream = upstream;
        this.server = server;
    }

    /** @param port of the loopback address, to which it relays */
    public static SilentProxy to(int port) {
        try {
            var loopback = InetAddress.getLoopbackAddress();
            var proxy = new SilentProxy(new InetSocketAddress(loopback, port), new ServerSocket(0, 200, loopback));
            proxy.threads.execute(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Stops relaying on the connections that are open now, and leaves them open. */
    public void silence() {
        relaying.forEach(connection -> connection.set(false));
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var client = server.accept();
                sockets.add(client);
                var other = new Socket();
                sockets.add(other);
                other.connect(upstream);
                var relays = new AtomicBoolean(true);
                relaying.add(relays);
                threads.execute(() -> relay(client, other, relays));
                threads.execute(() -> relay(other, client, relays));
            } catch (IOException e) {
                // The proxy closes, or the upstream accepts no connection. Then the client sees a closed one.
            }
        }
    }

    private void relay(Socket from, Socket to, AtomicBoolean relays) {
        var buffer = new byte[16 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (relays.get()) {
                    out.write(buffer, 0, read);
                }
            }
        } catch (IOException broken) {
            // The other side closes too, unless the connection is silent.
        } finally {
            if (relays.get()) {
                closeQuietly(from);
                closeQuietly(to);
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

    @Override
    public void close() {
        closeQuietly(server);
        sockets.forEach(SilentProxy::closeQuietly);
        threads.shutdownNow();
    }
}
