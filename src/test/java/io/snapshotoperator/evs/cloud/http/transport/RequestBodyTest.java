/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** The HTTP client of the JDK begins to read the body only when it has a connection. Connect timeouts are judged by that. */
class RequestBodyTest {
    private final RequestBody body = new RequestBody(BodyPublishers.ofString("{}"));

    private HttpRequest post(int port) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .POST(body)
                .build();
    }

    private static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofMillis(300))
                .build();
    }

    @Test
    void isHandedOverWhenRequestIsSent() throws IOException, InterruptedException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try {
            client().send(post(server.getAddress().getPort()), BodyHandlers.discarding());
        } finally {
            server.stop(0);
        }

        assertThat(body.isHandedOver()).isTrue();
    }

    @Test
    void isNotHandedOverWithoutConnection() throws IOException {
        List<Socket> waiting = new ArrayList<>();
        try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // The system completes connections until the backlog is full. Then it does not respond.
            for (var i = 0; i < 4; i++) {
                var socket = new Socket();
                waiting.add(socket);
                try {
                    socket.connect(full.getLocalSocketAddress(), 200);
                } catch (IOException noRoom) {
                    break;
                }
            }

            Assertions.assertThatThrownBy(() -> client().send(post(full.getLocalPort()), BodyHandlers.discarding()))
                    .isInstanceOf(HttpConnectTimeoutException.class);
        } finally {
            for (var socket : waiting) {
                socket.close();
            }
        }

        assertThat(body.isHandedOver()).isFalse();
    }

    @Test
    void connectTimeoutIsAmbiguousIfBodyWasHandedOver() {
        var timeout = new HttpConnectTimeoutException("HTTP connect timed out");

        assertThat(Transport.causeOf(timeout, false)).isEqualTo(NoResponseCause.CONNECT_TIMEOUT);
        assertThat(Transport.causeOf(timeout, true).mayHaveBeenSent()).isTrue();
        assertThat(Transport.causeOf(new ConnectException(), true)).isEqualTo(NoResponseCause.CONNECTION_REFUSED);
    }
}
