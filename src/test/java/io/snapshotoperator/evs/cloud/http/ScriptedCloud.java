/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http;

import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettings;
import io.snapshotoperator.evs.cloud.http.settings.ConnectionSettingsBuilder;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/**
 * A server for EVS and IAM on one free port of the local host, with scripted responses. It uses sockets directly, so
 * that it can close connections, truncate and stall responses, and record the exact requests. Logins succeed unless a response is scripted.
 */
public final class ScriptedCloud implements AutoCloseable {
    public static final String PROJECT = "77b6a44cba5143ab91d13ab9a8ff44fd";

    public record Received(String method, String target, Map<String, String> headers, String body) {
        public boolean isForIam() {
            return target.contains("/v3/");
        }

        public String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }
    }

    private final ServerSocket server;
    private final String scheme;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final Queue<ScriptedResponse> forEvs = new ConcurrentLinkedQueue<>();
    private final Queue<ScriptedResponse> forIam = new ConcurrentLinkedQueue<>();
    private final AtomicInteger tokens = new AtomicInteger();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile Function<Received, ScriptedResponse> defaultResponse =
            request -> ScriptedResponse.json(500, "{\"script\":\"ended\"}");

    private ScriptedCloud(ServerSocket server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        var listener = new Thread(this::listen, "scripted-cloud");
        listener.setDaemon(true);
        listener.start();
    }

    public static ScriptedCloud start() throws IOException {
        return new ScriptedCloud(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), "http");
    }

    public static ScriptedCloud startWithTls(SSLContext tls) throws IOException {
        return new ScriptedCloud(
                tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()), "https");
    }

    public String url() {
        return scheme + "://localhost:" + server.getLocalPort();
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Returns settings with the address of this server. */
    public ConnectionSettingsBuilder settings() {
        return ConnectionSettings.builder().endpoint(url()).iamEndpoint(url()).projectName("eu-de");
    }

    public ScriptedCloud evsResponds(ScriptedResponse... responses) {
        forEvs.addAll(List.of(responses));
        return this;
    }

    public ScriptedCloud iamResponds(ScriptedResponse... responses) {
        forIam.addAll(List.of(responses));
        return this;
    }

    /** Sets the responses of EVS after the scripted ones. */
    public ScriptedCloud evsRespondsByDefault(Function<Received, ScriptedResponse> responder) {
        defaultResponse = responder;
        return this;
    }

    public List<Received> evsRequests() {
        return received.stream().filter(request -> !request.isForIam()).toList();
    }

    public List<Received> iamRequests() {
        return received.stream().filter(Received::isForIam).toList();
    }

    int connectionsAccepted() {
        return accepted.get();
    }

    public static ScriptedResponse token(String token) {
        return token(token, "2026-01-01T00:00:00.000000Z", "2026-01-02T00:00:00.000000Z");
    }

    public static ScriptedResponse token(String token, String issuedAt, String expiresAt) {
        return ScriptedResponse.json(
                201,
                "{\"token\":{\"expires_at\":\"" + expiresAt + "\",\"issued_at\":\"" + issuedAt + "\","
                        + "\"project\":{\"id\":\"" + PROJECT + "\",\"name\":\"eu-de\"}}}",
                "X-Subject-Token: " + token);
    }

    private void listen() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                accepted.incrementAndGet();
                connections.add(socket);
                var thread = new Thread(() -> serve(socket), "scripted-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new BufferedInputStream(socket.getInputStream());
            for (var request = readRequest(in); request != null; request = readRequest(in)) {
                received.add(request);
                if (!responseTo(request).to(socket.getOutputStream(), in)) {
                    return;
                }
            }
        } catch (IOException connectionClosed) {
            // Tests check the received requests, not how the client closed the connection.
        }
    }

    private ScriptedResponse responseTo(Received request) {
        var scripted = (request.isForIam() ? forIam : forEvs).poll();
        if (scripted != null) {
            return scripted;
        }
        return request.isForIam() ? token("token-" + tokens.incrementAndGet()) : defaultResponse.apply(request);
    }

    private static Received readRequest(InputStream in) throws IOException {
        var first = readLine(in);
        if (first == null || first.isEmpty()) {
            return null;
        }
        var headers = new TreeMap<String, String>();
        for (var line = readLine(in); line != null && !line.isEmpty(); line = readLine(in)) {
            var colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        var length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        var body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        var parts = first.split(" ");
        return new Received(parts[0], parts[1], headers, body);
    }

    private static String readLine(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (var c = in.read(); c != '\n'; c = in.read()) {
            if (c == -1) {
                return null;
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var connection : connections) {
            connection.close();
        }
    }
}
